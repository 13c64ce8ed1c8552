/* What clients receive: every frame is checked against what the server promises. */
#ifndef CHECKS_H
#define CHECKS_H

#include "client.h"

enum { OBSERVERS = 3 };

struct delivery {          /* a tally that an observer received */
    double at;
    long seq;
};

struct deliveries {        /* all that one observer received, in order */
    struct delivery *list;
    size_t count, size;
};

extern struct deliveries deliveries[OBSERVERS];

/* The index of the first, middle or last client that is not part of the burst. */
int observer(int number);

void checks_allocate(void);

/* Between these two, a client in a closed loop votes again as soon as it may. */
void start_voting(void);
void stop_voting(void);

/* Check the complete frames that the client has received, and react to them. Fails at the first one
 * that breaks a promise. */
void check_frames(struct client *client);

/* Whether every vote was answered and every client has a tally that includes all of them. */
int settled(void);
void fail_unsettled(void) __attribute__((noreturn));

/* Check that the last tally of every client matches the votes. */
void check_tallies(void);

#endif
