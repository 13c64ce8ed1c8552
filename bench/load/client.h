/* Virtual clients: their connections, and what they send. */
#ifndef CLIENT_H
#define CLIENT_H

#include "websocket.h"

#include <stddef.h>

enum { MAX_VOTES = 4000000 };

enum state { CONNECTING, UPGRADING, OPEN };

struct client {
    struct websocket ws;
    enum state state;
    char *cookie;          /* until it has been sent */
    double started_at, welcomed_at;
    long seq;              /* the highest position received; -1 before the welcome */
    long acked_seq;        /* the position of its last acknowledged vote */
    unsigned ballot;       /* its latest one, a bit per option */
    unsigned unanswered;   /* votes without an answer */
    char *tally;           /* the latest one received, and its position */
    size_t tally_length, tally_size;
    long tally_seq;
};

struct vote {
    double sent_at, acked_at; /* `acked_at` is 0 until it is answered */
    long seq;
    unsigned client;
};

struct counters {
    unsigned long frames, tallies, bytes, acks;
    unsigned votes_sent, started, welcomed;
};

extern struct client *clients;
extern struct vote *votes;
extern struct counters counters;

/* Allocate the clients and votes of the workload. */
void clients_allocate(void);

/* The client's index, for messages. */
unsigned client_index(const struct client *client);

/* Begin to connect, with this cookie, which is copied. The upgrade can be requested as soon as the
 * socket is writable. */
void client_connect(struct client *client, const char *cookie);
void client_request_upgrade(struct client *client);

/* Read the answer to that. Returns 0 if more must arrive; then the client is open. */
int client_finish_upgrade(struct client *client);

void client_send(struct client *client, int opcode, const char *body, size_t length);
void client_send_hello(struct client *client);
void client_vote(struct client *client);

/* Disconnect all clients: every other one with a close frame, the rest without. */
void clients_disconnect(void);

#endif
