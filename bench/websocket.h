/* A client's end of a WebSocket (RFC 6455), as far as a load generator needs one.
 *
 * Functions that can fail return NULL, or in words what went wrong. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

enum { OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

struct websocket {
    int fd;
    char *bytes;           /* what was read and not yet looked at: from `start` up to `end` */
    size_t start, end, size;
};

struct frame {
    int opcode;
    const char *body;      /* valid until the next `ws_receive` */
    size_t length;
};

/* Begin to connect to 127.0.0.1. It is done when the socket can be written to. */
const char *ws_open(struct websocket *ws, int port);

/* Ask for the handshake on a socket that can be written to. `cookie` is the whole value of that
 * header, `protocol` the subprotocol to agree on, or empty. */
const char *ws_ask(struct websocket *ws, int port, const char *path, const char *cookie,
                   const char *protocol);

/* Read the answer to that: 1 when hands are shaken, 0 when more must arrive, -1 when it went
 * wrong; `wrong` then says how. What came behind the answer is kept for `ws_next`. */
int ws_shaken(struct websocket *ws, const char *protocol, const char **wrong);

/* Send one masked frame. Waits for a server that does not read, but not for ever. */
const char *ws_send(struct websocket *ws, int opcode, const char *body, size_t length);

/* Read what has arrived; from now on this does not block. */
const char *ws_receive(struct websocket *ws);

/* Take the next whole frame: 1 for a frame, 0 when more must arrive, -1 for bytes that are
 * no frame which a server may send; `wrong` then says why. */
int ws_next(struct websocket *ws, struct frame *frame, const char **wrong);

#endif
