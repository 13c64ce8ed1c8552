/* The event loop: one epoll instance for all clients, timers and standard input. */
#ifndef EVENT_LOOP_H
#define EVENT_LOOP_H

#include "client.h"

enum { SETTLE_SECONDS = 10 }; /* within which everything in flight has to arrive */

void event_loop_init(void);

/* Serve a client that has begun to connect. */
void event_loop_add(struct client *client);

/* Wake up for input on another file. */
void event_loop_watch(int fd);

/* Serve what is ready within this time. Returns whether another file has input. */
int event_loop_run_once(int milliseconds);

/* Serve until all votes are answered and every client has the final tally. Fails if that takes more
 * than SETTLE_SECONDS. */
void event_loop_settle(void);

#endif
