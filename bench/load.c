/* Many people on one board: real WebSocket clients, who vote and check all they are told.
 *
 * On standard output it says, a JSON object a line:
 *   {"connected": n}                      everybody was welcomed
 *   {"at": s, "frames": n, …}             counts so far, at the start of the first window and
 *                                         at the end of each
 *   {"windows": [{"votes": n, "ack": {…}, "screen": {…}}, …], "welcome": {…}, …}
 *                                         delays in milliseconds
 *   {"failed": "…"}                       instead, when the server broke a promise
 *
 * A server that drops, doubles, reorders or miscounts is failed, however fast it was. */
#define _GNU_SOURCE
#include "dialect.h"
#include "load.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct plan plan = {.protocol = "", .round = 1, .windows = 1, .pace = NEXT_ON_ACK, .warm = 1, .seconds = 1};

void fail(const char *words, ...)
{
    va_list rest;
    char said[512], safe[512];
    size_t length = 0;
    va_start(rest, words);
    vsnprintf(said, sizeof said, words, rest);
    va_end(rest);
    for (const char *at = said; *at; at++)
        safe[length++] = *at == '"' || *at == '\\' || (unsigned char)*at < ' ' ? '\'' : *at;
    printf("{\"failed\": \"%.*s\"}\n", (int)length, safe);
    exit(1);
}

void *claim(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (memory == NULL)
        fail("the generator has no memory left");
    return memory;
}

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void set_timer(int timer, double at)
{
    struct itimerspec due = {.it_value = {(time_t)at, (long)((at - floor(at)) * 1e9)}};
    timerfd_settime(timer, TFD_TIMER_ABSTIME, &due, NULL);
}

static void mark(void)
{
    printf("{\"at\": %.6f, \"frames\": %lu, \"tallies\": %lu, \"bytes\": %lu, \"acks\": %lu}\n",
           now(), counts.frames, counts.tallies, counts.bytes, counts.acks);
}

/* Vote and listen until that time; where it is 0, until the crowd has come and is welcomed. */
static void go_on(int poller, int timer, double *next, double end)
{
    while (end > 0 ? now() < end : counts.welcomed < (unsigned)plan.clients) {
        while (plan.pace == AT_RATE && now() >= *next) {
            cast_vote(&clients[(unsigned)(drand48() * plan.voters)]);
            *next += -log(1 - drand48()) / plan.rate; /* arrivals of a Poisson process */
        }
        int coming = !(end > 0) && counts.came < (unsigned)plan.clients;
        for (int i = 0; coming && i < AT_THE_DOOR && counts.came < (unsigned)plan.clients; i++)
            bring(poller);
        double wake = end > 0 ? end : now() + 0.1;
        set_timer(timer, plan.pace == AT_RATE && *next < wake ? *next : wake);
        listen_once(poller, coming ? 0 : 1000);
        if (waited_in_vain())
            fail("%d of a crowd were not welcomed, and nobody was for %d s", outside(),
                 SETTLE_SECONDS);
    }
}

/* Vote and listen until the last window is over, and note their edges. Where a crowd comes, the
 * first window lasts until it is inside. */
static void run_windows(int poller, double *edges)
{
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    double next = now(), end = next + plan.warm;
    watch(poller, timer, NULL);
    start_voting();
    go_on(poller, timer, &next, end);
    edges[0] = end;
    mark();
    for (int i = 1; i <= plan.windows; i++) {
        int rush = i == 1 && plan.crowd;
        end += plan.seconds;
        go_on(poller, timer, &next, rush ? 0 : end);
        end = rush ? now() : end;
        edges[i] = end;
        mark();
    }
    stop_voting();
    close(timer);
}

/* `voters,votes for the first option,for the second,…` */
static void read_before(char *value)
{
    int at = -1;
    for (char *number = strtok(value, ","); number && at < MAX_OPTIONS; number = strtok(NULL, ","))
        *(at < 0 ? &plan.voted : &plan.totals[at]) = atol(number), at++;
}

/* As many files as the system lets us have: each client is one. */
static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
        if (limit.rlim_max < (rlim_t)plan.clients + 16)
            fail("%d clients need as many open files, and the system allows %lu (ulimit -Hn)",
                 plan.clients, (unsigned long)limit.rlim_max);
    }
}

static void read_plan(int count, char **words)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i];
        char *value = words[i + 1];
        if (!strcmp(name, "--port")) plan.port = atoi(value);
        else if (!strcmp(name, "--path")) plan.path = value;
        else if (!strcmp(name, "--cookies")) plan.cookies = value;
        else if (!strcmp(name, "--protocol")) plan.protocol = value;
        else if (!strcmp(name, "--dialect") && dialect_choose(value)) continue;
        else if (!strcmp(name, "--clients")) plan.clients = atoi(value);
        else if (!strcmp(name, "--crowd")) plan.crowd = atoi(value);
        else if (!strcmp(name, "--first")) plan.first = (unsigned)atol(value);
        else if (!strcmp(name, "--before")) read_before(value);
        else if (!strcmp(name, "--voters")) plan.voters = (unsigned)atoi(value);
        else if (!strcmp(name, "--round")) plan.round = atoi(value);
        else if (!strcmp(name, "--windows")) plan.windows = atoi(value);
        else if (!strcmp(name, "--warm")) plan.warm = atof(value);
        else if (!strcmp(name, "--seconds")) plan.seconds = atof(value);
        else if (!strcmp(name, "--rate")) plan.pace = AT_RATE, plan.rate = atof(value);
        else if (!strcmp(name, "--next") && !strcmp(value, "ack")) plan.pace = NEXT_ON_ACK;
        else if (!strcmp(name, "--next") && !strcmp(value, "tally")) plan.pace = NEXT_ON_TALLY;
        else if (!strcmp(name, "--next") && !strcmp(value, "never")) plan.pace = IDLE;
        else if (!strcmp(name, "--options"))
            for (char *id = strtok(value, ","); id && plan.option_count < MAX_OPTIONS;
                 id = strtok(NULL, ","))
                plan.options[plan.option_count++] = id;
        else fail("there is no %s %s", name, value);
    }
    if (plan.clients < 3 || plan.clients > MAX_CLIENTS || plan.voters > (unsigned)plan.clients)
        fail("clients: 3 to %d, and no more voters than clients", MAX_CLIENTS);
    if (plan.crowd < 0 || plan.crowd > plan.clients - 3 ||
        plan.voters > (unsigned)(plan.clients - plan.crowd))
        fail("three clients at least, and all who vote, do not come with the crowd");
    if (!plan.path || !plan.cookies || plan.port < 1 || plan.port > 65535)
        fail("--port, --path and --cookies are needed");
    if (plan.pace != IDLE && (plan.option_count < 2 || plan.voters < 1))
        fail("voting needs --voters and at least two --options");
    for (unsigned i = 0; i < plan.option_count; i++)
        if (strlen(plan.options[i]) > MAX_ID)
            fail("an option's id has at most %d characters", MAX_ID);
    if (plan.pace == AT_RATE && !(plan.rate > 0 && plan.rate <= 100000))
        fail("--rate is above 0 and at most 100000 votes a second");
    if (plan.windows < 1 || plan.windows > MAX_WINDOWS || !(plan.seconds > 0) || !(plan.warm >= 0) ||
        !(plan.warm + plan.windows * plan.seconds <= MAX_SECONDS))
        fail("a run has 1 to %d windows and lasts at most %d s", MAX_WINDOWS, MAX_SECONDS);
}

int main(int count, char **words)
{
    int poller = epoll_create1(EPOLL_CLOEXEC);
    double edges[MAX_WINDOWS + 1];
    setvbuf(stdout, NULL, _IOLBF, 0);
    srand48(getpid());
    read_plan(count, words);
    /* Whatever happens, there is an end. */
    alarm((unsigned)(plan.warm + plan.windows * plan.seconds) + SPARE_SECONDS);
    raise_file_limit();
    invite();
    bring_all(poller, plan.clients - plan.crowd);
    printf("{\"connected\": %d}\n", plan.clients - plan.crowd);
    if (plan.pace == IDLE) {
        /* Stay until whoever started this closes standard input. */
        watch(poller, STDIN_FILENO, NULL);
        while (!listen_once(poller, -1))
            continue;
        leave();
        return 0;
    }
    run_windows(poller, edges);
    settle(poller);
    check_tallies();
    report_delays(edges);
    leave();
    return 0;
}
