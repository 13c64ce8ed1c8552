/* The workload of a run, as given on the command line. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

enum {
    MAX_CLIENTS = 15000,
    MAX_OPTIONS = 20,
    MAX_PORTS = 16,
    MAX_ID = 40,
    MAX_SECONDS = 600,
    MAX_WINDOWS = 100,
};

/* When a client votes: in a closed loop, each waits for the answer to its last vote; in an open
 * loop, votes arrive at a given rate, however fast the server is. */
enum loop { CLOSED_UNTIL_ACK, CLOSED_UNTIL_TALLY, OPEN_LOOP, IDLE };

struct workload {
    int clients, round, windows;
    int ports[MAX_PORTS];  /* of the servers; clients are spread over them in turn */
    unsigned port_count;
    int burst;             /* how many of the clients connect all at once, in the first window */
    unsigned voters;       /* how many of the clients vote */
    unsigned first_vote;   /* the number of the first vote; a number used before is a duplicate */
    long earlier_voters, earlier_totals[MAX_OPTIONS]; /* ballots cast before this run */
    const char *path, *cookies;
    const char *protocol;  /* the subprotocol to request; empty for none */
    const char *view;      /* the page that clients say they are */
    char *options[MAX_OPTIONS];
    unsigned option_count;
    enum loop loop;
    double rate;           /* votes a second, in an open loop */
    double warmup, seconds; /* before the first window; of each window */
};

extern struct workload workload;

/* Read and check the options. Fails if one is unknown or out of range. */
void workload_parse(int count, char **arguments);

#endif
