/* The client side of a WebSocket (RFC 6455), as far as a load generator needs it.
 *
 * Functions that can fail return an error message, or NULL on success. */
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stddef.h>
#include <stdint.h>

enum { OP_TEXT = 1, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };

struct websocket {
    int fd;
    char *bytes;           /* what was received and not yet parsed: from `start` up to `end` */
    size_t start, end, size;
};

struct frame {
    int opcode;
    const char *body;      /* valid until the next `ws_receive` */
    size_t length;
};

/* Begin to connect to 127.0.0.1. The connection is established once the socket is writable. */
const char *ws_connect(struct websocket *ws, int port);

/* Request the upgrade on a writable socket. `cookie` is the whole value of that header, `protocol`
 * the subprotocol to agree on, or empty. */
const char *ws_request_upgrade(struct websocket *ws, int port, const char *path,
                               const char *cookie, const char *protocol);

/* Read the response: 1 once the handshake is over, 0 if more must arrive, -1 if it failed, with the
 * reason in `error`, which is NULL otherwise. Bytes after the response are kept for `ws_next`. */
int ws_finish_upgrade(struct websocket *ws, const char *protocol, const char **error);

/* Send one masked frame. Waits for a server that does not read, but not forever. */
const char *ws_send(struct websocket *ws, int opcode, const char *body, size_t length);

/* Read what has arrived, without blocking. */
const char *ws_receive(struct websocket *ws);

/* Take the next complete frame: 1 for a frame, 0 if more must arrive, -1 for bytes that a server
 * must not send, with the reason in `error`. */
int ws_next(struct websocket *ws, struct frame *frame, const char **error);

#endif
