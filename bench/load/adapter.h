/* The protocol adapter: how messages are framed inside WebSocket text frames, either not at all
 * (`plain`) or as socket.io packets. */
#ifndef ADAPTER_H
#define ADAPTER_H

#include "json.h"

enum packet {
    PACKET_MESSAGE,        /* the text has been replaced with the message that was in it */
    PACKET_CONNECTED,      /* the hello may be sent now */
    PACKET_OPEN,           /* needs no answer */
    PACKET_PING,           /* to be answered with `adapter_pong` */
    PACKET_INVALID,
};

/* What is sent before the hello; empty if the hello comes first. */
extern const char *adapter_connect;
extern const char *adapter_pong;

/* Select "plain" or "socket.io". Returns 0 for any other name. */
int adapter_select(const char *name);

/* Frame a message. The result is valid until the next call. */
struct span adapter_encode(const char *message, size_t length);

/* Classify a text; if it contains a message, replace it with that. */
enum packet adapter_decode(struct span *text);

#endif
