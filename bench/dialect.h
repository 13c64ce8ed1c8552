/* How messages are wrapped on their way: not at all, or as socket.io does it. */
#ifndef DIALECT_H
#define DIALECT_H

#include "json.h"

enum heard {
    A_MESSAGE,             /* the text has become the message that was in it */
    THE_FLOOR,             /* the hello may be said now */
    AN_OPENING,            /* nothing that needs an answer */
    A_PING,                /* to be answered with `dialect_pong` */
    NONSENSE,
};

/* What is said before the hello; empty where the hello comes first. */
extern const char *dialect_opening;
extern const char *dialect_pong;

/* Take "plain" or "socket.io"; 0 where there is no such dialect. */
int dialect_choose(const char *name);

/* The message as it is sent, valid until the next call. */
struct span dialect_wrap(const char *message, size_t length);

enum heard dialect_unwrap(struct span *text);

#endif
