/* The load generator: virtual clients on one board, connected with real WebSockets, that vote and
 * check all that they receive.
 *
 * It prints one JSON object per line:
 *   {"connected": n}                      all clients but those of the burst are welcomed
 *   {"at": s, "frames": n, …}             counters so far, at the start of the first window and
 *                                         at the end of each, which SIGUSR1 brings forward
 *   {"windows": [{"votes": n, "ack": {…}, "delivery": {…}}, …], "welcome": {…}, …}
 *                                         latency percentiles in milliseconds
 *   {"failed": "…"}                       instead, if the server broke a promise
 *
 * A server that drops, duplicates, reorders or miscounts has failed, however fast it was. */
#define _GNU_SOURCE
#include "checks.h"
#include "client.h"
#include "event_loop.h"
#include "latency.h"
#include "ramp_up.h"
#include "runtime.h"
#include "workload.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    STARTED_AT_ONCE = 32,  /* connections of a burst between two turns of the event loop */
    SPARE_SECONDS = 120,   /* for connecting and settling */
};

static volatile sig_atomic_t window_is_over; /* SIGUSR1 ends a window early */

static void end_window(int signal_number)
{
    (void)signal_number;
    window_is_over = 1;
}

static void set_timer(int timer, double at)
{
    struct itimerspec due = {.it_value = {(time_t)at, (long)((at - floor(at)) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &due, NULL);
}

static void print_counters(void)
{
    printf("{\"at\": %.6f, \"frames\": %lu, \"tallies\": %lu, \"bytes\": %lu, \"acks\": %lu}\n",
           now(), counters.frames, counters.tallies, counters.bytes, counters.acks);
}

/* In an open loop, cast the votes that are due, and compute when the next one is. */
static void cast_due_votes(double *next)
{
    while (workload.loop == OPEN_LOOP && now() >= *next) {
        client_vote(&clients[(unsigned)(drand48() * workload.voters)]);
        *next += -log(1 - drand48()) / workload.rate; /* arrivals of a Poisson process */
    }
}

/* Vote and receive until that time, or until told; if it is 0, until the burst has connected and is
 * welcomed. */
static void run_until(int timer, double *next, double end)
{
    const unsigned all = (unsigned)workload.clients;
    while (end > 0 ? now() < end && !window_is_over : counters.welcomed < all) {
        cast_due_votes(next);
        int starting = !(end > 0) && counters.started < all;
        for (int i = 0; starting && i < STARTED_AT_ONCE && counters.started < all; i++)
            ramp_up_one();
        double wake = end > 0 ? end : now() + 0.1;
        set_timer(timer, workload.loop == OPEN_LOOP && *next < wake ? *next : wake);
        event_loop_run_once(starting ? 0 : 1000);
        if (ramp_up_stalled())
            fail("%u clients of the burst were not welcomed: no progress for %d s",
                 ramp_up_pending(), SETTLE_SECONDS);
    }
}

/* Vote and receive until the last window is over, and record the edges of the windows. With a
 * burst, the first window lasts until all of it is welcomed. */
static void run_windows(double *edges)
{
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    double next = now(), end = next + workload.warmup;
    event_loop_watch(timer);
    start_voting();
    run_until(timer, &next, end);
    edges[0] = end;
    print_counters();
    for (int i = 1; i <= workload.windows; i++) {
        int burst = i == 1 && workload.burst;
        end += workload.seconds;
        run_until(timer, &next, burst ? 0 : end);
        end = burst || window_is_over ? now() : end;
        window_is_over = 0;
        edges[i] = end;
        print_counters();
    }
    stop_voting();
    close(timer);
}

/* Each client is an open file. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_max < (rlim_t)workload.clients + 16)
            fail("%d clients need as many open files, but the system allows %lu (ulimit -Hn)",
                 workload.clients, (unsigned long)limit.rlim_max);
    }
}

int main(int count, char **arguments)
{
    double edges[MAX_WINDOWS + 1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    srand48(getpid());
    workload_parse(count, arguments);
    /* Whatever happens, the program ends. */
    alarm((unsigned)(workload.warmup + workload.windows * workload.seconds) + SPARE_SECONDS);
    raise_file_limit();
    event_loop_init();
    clients_allocate();
    checks_allocate();
    signal(SIGUSR1, end_window);
    ramp_up((unsigned)(workload.clients - workload.burst));
    printf("{\"connected\": %d}\n", workload.clients - workload.burst);
    if (workload.loop == IDLE) {
        /* Stay until standard input is closed. */
        event_loop_watch(STDIN_FILENO);
        while (!event_loop_run_once(-1))
            continue;
        clients_disconnect();
        return 0;
    }
    run_windows(edges);
    event_loop_settle();
    check_tallies();
    report_latency(edges);
    clients_disconnect();
    return 0;
}
