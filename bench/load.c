/* Many people on one board: real WebSocket clients, who vote and check all they are told.
 *
 * On standard output it says, a JSON object a line:
 *   {"connected": n}                      everybody was welcomed
 *   {"at": s, "frames": n, …}             counts so far, at the start of the first window and
 *                                         at the end of each
 *   {"windows": [{"votes": n, "ack": {…}, "screen": {…}}, …], …}   delays in milliseconds
 *   {"failed": "…"}                       instead, when the server broke a promise
 *
 * A server that drops, doubles, reorders or miscounts is failed, however fast it was. */
#define _GNU_SOURCE
#include "json.h"
#include "websocket.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_CLIENTS = 15000,
    MAX_VOTES = 4000000,
    MAX_OPTIONS = 20,
    MAX_SECONDS = 600,
    OBSERVERS = 3,
    SETTLE_SECONDS = 15, /* in which all that is under way has to arrive */
    SPARE_SECONDS = 120, /* for connecting and settling */
};

enum pace { NEXT_ON_ACK, NEXT_ON_TALLY, AT_RATE, IDLE };

struct client {
    struct websocket ws;
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

static struct {
    int port, clients, round, windows;
    unsigned voters;       /* how many of the clients vote */
    const char *path, *cookies;
    char *options[MAX_OPTIONS];
    unsigned option_count;
    enum pace pace;
    double rate, warm, seconds;
} plan = {.round = 1, .windows = 1, .pace = NEXT_ON_ACK, .warm = 1, .seconds = 1};

static struct client *clients;
static struct vote *votes;
static struct { struct sight *sights; size_t count, size; } observed[OBSERVERS];
static struct { unsigned long frames, tallies, bytes, acks; unsigned sent; } counts;
static unsigned char *taken; /* a bit for each position at which a vote was acknowledged */
static long top;             /* the highest of them */
static int sending;

static void fail(const char *words, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *words, ...)
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

static void *claim(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (memory == NULL)
        fail("the generator has no memory left");
    return memory;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static unsigned number_of(const struct client *client)
{
    return (unsigned)(client - clients);
}

/* What clients say. */

static void say(struct client *client, int opcode, const char *body, size_t length)
{
    const char *wrong = ws_send(&client->ws, opcode, body, length);
    if (wrong)
        fail("client %u cannot send: %s", number_of(client), wrong);
}

static void cast_vote(struct client *client)
{
    char message[1536];
    unsigned number = counts.sent++, all = 1u << plan.option_count, ballot;
    if (counts.sent > MAX_VOTES)
        fail("the generator keeps account of no more than %d votes", MAX_VOTES);
    do /* a ballot that differs from the last, so that each vote changes the tally */
        ballot = 1 + (unsigned)(drand48() * (all - 1));
    while (ballot == client->ballot);
    int length = sprintf(message,
                         "{\"type\":\"vote\",\"id\":\"v%u\",\"round\":%d,\"ballot\":{\"approve\":[",
                         number, plan.round);
    for (unsigned i = 0; i < plan.option_count; i++)
        if (ballot >> i & 1)
            length += sprintf(message + length, "\"%s\",", plan.options[i]);
    length += sprintf(message + length - 1, "]}}") - 1;
    client->ballot = ballot;
    client->waiting++;
    votes[number] = (struct vote){.sent = now(), .client = number_of(client)};
    say(client, OP_TEXT, message, (size_t)length);
}

/* What they are told. */

static long position(struct client *client, struct span message)
{
    long seq = json_number(json_field(message, "seq"));
    if (seq < 0)
        fail("a frame to client %u has no seq: %.*s", number_of(client),
             (int)(message.length < 100 ? message.length : 100), message.at);
    return seq;
}

static void hear_ack(struct client *client, struct span message)
{
    struct span id = json_field(message, "id");
    long seq = position(client, message);
    unsigned number = MAX_VOTES;
    if (id.length > 3 && id.length < 12)
        number = (unsigned)json_number((struct span){id.at + 2, id.length - 3});
    if (number >= counts.sent || votes[number].client != number_of(client))
        fail("client %u got an answer to a vote that it never sent", number_of(client));
    if (votes[number].acked > 0)
        fail("vote %u was answered twice", number);
    if (seq <= client->acked)
        fail("two votes of client %u were put in another order", number_of(client));
    if (seq >= 8L * MAX_VOTES || taken[seq / 8] >> seq % 8 & 1)
        fail("position %ld was given to two votes, or cannot be right", seq);
    taken[seq / 8] |= (unsigned char)(1 << seq % 8);
    top = seq > top ? seq : top;
    votes[number].seq = client->acked = seq;
    votes[number].acked = now();
    client->waiting--;
    counts.acks++;
    if (sending && plan.pace == NEXT_ON_ACK)
        cast_vote(client);
}

static void note_sight(struct client *client, long seq)
{
    for (int i = 0; i < OBSERVERS; i++) {
        if (client != &clients[i * (plan.clients - 1) / (OBSERVERS - 1)])
            continue;
        if (observed[i].count == observed[i].size) {
            observed[i].size = observed[i].size ? 2 * observed[i].size : 1024;
            observed[i].sights =
                claim(observed[i].sights, observed[i].size * sizeof *observed[i].sights);
        }
        observed[i].sights[observed[i].count++] = (struct sight){now(), seq};
    }
}

static void hear_tally(struct client *client, struct span message, long seq)
{
    counts.tallies++;
    if (message.length > client->tally_size) {
        client->tally_size = 2 * message.length;
        client->tally = claim(client->tally, client->tally_size);
    }
    memcpy(client->tally, message.at, message.length);
    client->tally_length = message.length;
    client->tally_seq = seq;
    note_sight(client, seq);
}

static void hear(struct client *client, struct span message)
{
    struct span type = json_field(message, "type");
    counts.bytes += message.length;
    if (json_is(type, "ack")) {
        hear_ack(client, message);
    } else if (json_is(type, "refused")) {
        fail("a vote was refused: %.*s", (int)message.length, message.at);
    } else if (json_is(type, "goodbye")) {
        fail("the server said goodbye");
    } else if (json_is(type, "welcome") && client->told >= 0) {
        fail("client %u was welcomed anew, so frames to it were dropped", number_of(client));
    } else if (!json_is(type, "ballot")) {
        long seq = position(client, message);
        if (client->told < 0 && !json_is(type, "welcome"))
            fail("client %u got something before its welcome", number_of(client));
        if (seq < client->told)
            fail("client %u was told of position %ld after %ld", number_of(client), seq,
                 client->told);
        client->told = seq;
        counts.frames++;
        if (json_is(type, "tally"))
            hear_tally(client, message, seq);
    }
    if (sending && plan.pace == NEXT_ON_TALLY && number_of(client) < plan.voters &&
        !client->waiting && client->tally_seq >= client->acked)
        cast_vote(client);
}

static void listen_to(struct client *client)
{
    struct frame frame;
    const char *wrong = ws_receive(&client->ws);
    if (wrong)
        fail("client %u was cut off: %s", number_of(client), wrong);
    int got;
    while ((got = ws_next(&client->ws, &frame, &wrong)) > 0) {
        if (frame.opcode == OP_PING)
            say(client, OP_PONG, frame.body, frame.length);
        else if (frame.opcode == OP_CLOSE)
            fail("client %u was closed: %.*s", number_of(client),
                 (int)(frame.length > 2 ? frame.length - 2 : 0), frame.body + 2);
        else if (frame.opcode != OP_TEXT)
            fail("client %u got a frame that is no text", number_of(client));
        else
            hear(client, (struct span){frame.body, frame.length});
    }
    if (got < 0)
        fail("client %u: %s", number_of(client), wrong);
}

/* One pass over what has arrived. Returns whether the file beside the clients stirred. */
static int listen_once(int poller, int milliseconds)
{
    static struct epoll_event events[1024];
    int stirred = 0;
    int count = epoll_wait(poller, events, 1024, milliseconds);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr)
            listen_to(events[i].data.ptr);
        else
            stirred = 1;
    }
    return stirred;
}

static void watch(int poller, int fd, void *whose)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = whose};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll: %s", strerror(errno));
}

/* The run. */

static void connect_all(int poller)
{
    static const char hello[] = "{\"type\":\"hello\",\"view\":\"ballot\"}";
    char cookie[1024];
    FILE *cookies = fopen(plan.cookies, "r");
    if (cookies == NULL)
        fail("%s: %s", plan.cookies, strerror(errno));
    for (int i = 0; i < plan.clients; i++) {
        struct client *client = &clients[i];
        if (fgets(cookie, sizeof cookie, cookies) == NULL)
            fail("there are fewer cookies than clients");
        cookie[strcspn(cookie, "\n")] = '\0';
        client->told = client->tally_seq = -1;
        const char *wrong = ws_open(&client->ws, plan.port, plan.path, cookie, "stackvote.v1");
        if (wrong)
            fail("client %d cannot connect: %s", i, wrong);
        say(client, OP_TEXT, hello, sizeof hello - 1);
        watch(poller, client->ws.fd, client);
        for (double until = now() + SETTLE_SECONDS; client->told < 0;) {
            listen_once(poller, 100);
            if (now() > until)
                fail("client %d was not welcomed in %d s", i, SETTLE_SECONDS);
        }
    }
    fclose(cookies);
    printf("{\"connected\": %d}\n", plan.clients);
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

static void start_voting(void)
{
    sending = 1;
    if (plan.pace == NEXT_ON_ACK || plan.pace == NEXT_ON_TALLY)
        for (unsigned i = 0; i < plan.voters; i++)
            cast_vote(&clients[i]);
}

/* Vote and listen until the last window is over. `begins` gets the start of the first. */
static void run_windows(int poller, double *begins)
{
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), marked = 0;
    double next = now(), end = next + plan.warm;
    *begins = end;
    watch(poller, timer, NULL);
    start_voting();
    while (marked <= plan.windows) {
        while (plan.pace == AT_RATE && now() >= next) {
            cast_vote(&clients[(unsigned)(drand48() * plan.voters)]);
            next += -log(1 - drand48()) / plan.rate; /* arrivals of a Poisson process */
        }
        set_timer(timer, plan.pace == AT_RATE && next < end ? next : end);
        listen_once(poller, 1000);
        if (now() >= end) {
            mark();
            marked++;
            end += plan.seconds;
        }
    }
    sending = 0;
    close(timer);
}

static int settled(void)
{
    if (counts.acks < counts.sent)
        return 0;
    for (int i = 0; i < plan.clients; i++)
        if (clients[i].tally_seq < top)
            return 0;
    return 1;
}

static void settle(int poller)
{
    for (double until = now() + SETTLE_SECONDS; !settled();) {
        listen_once(poller, 50);
        if (now() < until)
            continue;
        if (counts.acks < counts.sent)
            fail("%lu of %u votes were never answered", counts.sent - counts.acks, counts.sent);
        fail("not everybody got a tally of position %ld", top);
    }
}

/* The last tally of every client is what was voted, no more and no less. */
static void check_tallies(void)
{
    long totals[MAX_OPTIONS] = {0}, voters = 0;
    for (int i = 0; i < plan.clients; i++) {
        voters += clients[i].ballot != 0;
        for (unsigned option = 0; option < plan.option_count; option++)
            totals[option] += clients[i].ballot >> option & 1;
    }
    for (int i = 0; i < plan.clients; i++) {
        struct span message = {clients[i].tally, clients[i].tally_length};
        struct span tally = json_field(message, "tally");
        struct span counted = json_field(json_field(tally, "result"), "totals");
        int right = json_number(json_field(tally, "voters")) == voters;
        for (unsigned option = 0; option < plan.option_count; option++)
            right &= json_number(json_field(counted, plan.options[option])) == totals[option];
        if (!right)
            fail("the last tally of client %d is not what was voted", i);
    }
}

/* What came of it. */

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_delays(const char *name, double *delays, size_t count)
{
    const double shares[] = {0.5, 0.95, 0.99, 1};
    const char *names[] = {"p50", "p95", "p99", "max"};
    qsort(delays, count, sizeof *delays, by_size);
    printf(", \"%s\": {", name);
    for (int i = 0; i < 4 && count > 0; i++)
        printf("%s\"%s\": %.3f", i ? ", " : "", names[i],
               1000 * delays[(size_t)ceil(shares[i] * (double)count) - 1]);
    printf("}");
}

/* When an observer first saw a tally with this position in it. */
static double seen_at(int observer, long seq)
{
    size_t low = 0, high = observed[observer].count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (observed[observer].sights[middle].seq >= seq)
            high = middle;
        else
            low = middle + 1;
    }
    return observed[observer].sights[low].at; /* all have settled, so there is one */
}

static void report_window(double begin, double end)
{
    size_t acks = 0, sights = 0;
    double *ack = claim(NULL, (counts.sent + 1) * sizeof *ack);
    double *screen = claim(NULL, (counts.sent + 1) * OBSERVERS * sizeof *screen);
    for (unsigned i = 0; i < counts.sent; i++) {
        if (votes[i].sent < begin || votes[i].sent >= end)
            continue;
        ack[acks++] = votes[i].acked - votes[i].sent;
        for (int o = 0; o < OBSERVERS; o++)
            if (votes[i].client != (unsigned)(o * (plan.clients - 1) / (OBSERVERS - 1)))
                screen[sights++] = seen_at(o, votes[i].seq) - votes[i].sent;
    }
    printf("{\"votes\": %zu", acks);
    print_delays("ack", ack, acks);
    print_delays("screen", screen, sights);
    printf("}");
    free(ack);
    free(screen);
}

static void report(double begins)
{
    printf("{\"frames\": %lu, \"votes\": %u, \"windows\": [", counts.frames, counts.sent);
    for (int i = 0; i < plan.windows; i++) {
        printf("%s", i ? ", " : "");
        report_window(begins + i * plan.seconds, begins + (i + 1) * plan.seconds);
    }
    printf("]}\n");
}

static void read_plan(int count, char **words)
{
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i];
        char *value = words[i + 1];
        if (!strcmp(name, "--port")) plan.port = atoi(value);
        else if (!strcmp(name, "--path")) plan.path = value;
        else if (!strcmp(name, "--cookies")) plan.cookies = value;
        else if (!strcmp(name, "--clients")) plan.clients = atoi(value);
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
    if (!plan.path || !plan.cookies || plan.port < 1 || plan.port > 65535)
        fail("--port, --path and --cookies are needed");
    if (plan.pace != IDLE && (plan.option_count < 2 || plan.voters < 1))
        fail("voting needs --voters and at least two --options");
    if (plan.pace == AT_RATE && !(plan.rate > 0 && plan.rate <= 100000))
        fail("--rate is above 0 and at most 100000 votes a second");
    if (plan.windows < 1 || !(plan.seconds > 0) || !(plan.warm >= 0) ||
        !(plan.warm + plan.windows * plan.seconds <= MAX_SECONDS))
        fail("a run has at least one window and lasts at most %d s", MAX_SECONDS);
}

int main(int count, char **words)
{
    int poller = epoll_create1(EPOLL_CLOEXEC);
    double begins;
    setvbuf(stdout, NULL, _IOLBF, 0);
    srand48(getpid());
    read_plan(count, words);
    /* Whatever happens, there is an end. */
    alarm((unsigned)(plan.warm + plan.windows * plan.seconds) + SPARE_SECONDS);
    clients = calloc((size_t)plan.clients, sizeof *clients);
    votes = calloc(MAX_VOTES, sizeof *votes);
    taken = calloc(MAX_VOTES, 1);
    if (!clients || !votes || !taken)
        fail("the generator has no memory left");
    connect_all(poller);
    if (plan.pace == IDLE) {
        /* Stay until whoever started this closes standard input. */
        watch(poller, STDIN_FILENO, NULL);
        while (!listen_once(poller, -1))
            continue;
        return 0;
    }
    run_windows(poller, &begins);
    settle(poller);
    check_tallies();
    report(begins);
    return 0;
}
