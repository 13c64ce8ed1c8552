/* What the parts of the load generator share: the plan, the people, the votes. */
#ifndef LOAD_H
#define LOAD_H

#include "websocket.h"

#include <stddef.h>

enum {
    MAX_CLIENTS = 15000,
    MAX_VOTES = 4000000,
    MAX_OPTIONS = 20,
    MAX_ID = 40,
    MAX_SECONDS = 600,
    MAX_WINDOWS = 100,
    OBSERVERS = 3,
    AT_THE_DOOR = 32,    /* who have come and need not be welcomed yet; a crowd does not wait */
    SETTLE_SECONDS = 10, /* in which all that is under way has to arrive */
    SPARE_SECONDS = 120, /* for connecting and settling */
};

enum pace { NEXT_ON_ACK, NEXT_ON_TALLY, AT_RATE, IDLE };

enum stage { CONNECTING, SHAKING_HANDS, INSIDE };

struct client {
    struct websocket ws;
    enum stage stage;
    char *cookie;          /* until it has been shown */
    double came, welcomed; /* when */
    long told;             /* the highest position that a frame told of */
    long acked;            /* where its last acknowledged vote stands in the log */
    unsigned ballot;       /* its newest one, a bit an option */
    unsigned waiting;      /* votes without an answer */
    char *tally;           /* the last one it got, and its position */
    size_t tally_length, tally_size;
    long tally_seq;
};

struct vote {
    double sent, acked;    /* `acked` is 0 while there is no answer */
    long seq;
    unsigned client;
};

struct sight {             /* a tally that an observer got */
    double at;
    long seq;
};

struct sights {            /* all that one observer got */
    struct sight *at;
    size_t count, size;
};

struct plan {
    int port, clients, round, windows;
    int crowd;             /* how many of the clients come all at once, later */
    unsigned voters;       /* how many of the clients vote */
    unsigned first;        /* the number of their first vote; one that was used is a repeat */
    long voted, totals[MAX_OPTIONS]; /* what others have voted before */
    const char *path, *cookies;
    const char *protocol;  /* the subprotocol that is asked for; empty for none */
    char *options[MAX_OPTIONS];
    unsigned option_count;
    enum pace pace;
    double rate, warm, seconds;
};

struct counts {
    unsigned long frames, tallies, bytes, acks;
    unsigned sent, came, welcomed;
};

/* load.c */
extern struct plan plan;
void fail(const char *words, ...) __attribute__((noreturn, format(printf, 1, 2)));
void *claim(void *memory, size_t bytes);
double now(void);

/* people.c: what clients say and are told; every promise of the server is checked here */
extern struct client *clients;
extern struct vote *votes;
extern struct sights observed[OBSERVERS];
extern struct counts counts;
void invite(void);                     /* make room for them */
void enter(struct client *client);     /* say what is said first */
void start_voting(void);
void stop_voting(void);
void cast_vote(struct client *client);
int observer(int number);              /* which client is the first, middle, last watcher */
void watch(int poller, int fd, void *whose);
int listen_once(int poller, int milliseconds); /* whether a file that is no client stirred */
void settle(int poller);               /* until all is answered and everybody knows of it */
void check_tallies(void);
void leave(void);                      /* every other one with a farewell */

/* arrivals.c: how clients come in */
void bring(int poller);                /* one more begins to connect */
void bring_all(int poller, int last);  /* up to that one, a few at once; all are welcomed then */
int outside(void);                     /* how many have come and are not welcomed */
int waited_in_vain(void);              /* nobody was welcomed for too long */
int come_in(int poller, struct client *client); /* a step further; whether it is inside now */

/* delays.c */
void report_delays(const double *edges); /* of the windows */

#endif
