#define _GNU_SOURCE
#include "dialect.h"
#include "json.h"
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

struct client *clients;
struct vote *votes;
struct sights observed[OBSERVERS];
struct counts counts;

static unsigned char *taken; /* a bit for each position at which a vote was acknowledged */
static long top;             /* the highest of them */
static int sending;

void invite(void)
{
    clients = calloc((size_t)plan.clients, sizeof *clients);
    votes = calloc(MAX_VOTES, sizeof *votes);
    taken = calloc(MAX_VOTES, 1);
    if (!clients || !votes || !taken)
        fail("the generator has no memory left");
}

int observer(int number)
{
    return number * (plan.clients - plan.crowd - 1) / (OBSERVERS - 1);
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

static void say_message(struct client *client, const char *message, size_t length)
{
    struct span wrapped = dialect_wrap(message, length);
    say(client, OP_TEXT, wrapped.at, wrapped.length);
}

static void say_hello(struct client *client)
{
    static const char hello[] = "{\"type\":\"hello\",\"view\":\"ballot\"}";
    say_message(client, hello, sizeof hello - 1);
}

void enter(struct client *client)
{
    if (*dialect_opening)
        say(client, OP_TEXT, dialect_opening, strlen(dialect_opening));
    else
        say_hello(client);
}

void cast_vote(struct client *client)
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
                         plan.first + number, plan.round);
    for (unsigned i = 0; i < plan.option_count; i++)
        if (ballot >> i & 1)
            length += sprintf(message + length, "\"%s\",", plan.options[i]);
    length += sprintf(message + length - 1, "]}}") - 1;
    client->ballot = ballot;
    client->waiting++;
    votes[number] = (struct vote){.sent = now(), .client = number_of(client)};
    say_message(client, message, (size_t)length);
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
        number = (unsigned)json_number((struct span){id.at + 2, id.length - 3}) - plan.first;
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
        struct sights *sights = &observed[i];
        if (client != &clients[observer(i)])
            continue;
        if (sights->count == sights->size) {
            sights->size = sights->size ? 2 * sights->size : 1024;
            sights->at = claim(sights->at, sights->size * sizeof *sights->at);
        }
        sights->at[sights->count++] = (struct sight){now(), seq};
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
        if (client->told < 0) {
            client->welcomed = now();
            counts.welcomed++;
        }
        client->told = seq;
        counts.frames++;
        if (json_is(type, "tally"))
            hear_tally(client, message, seq);
    }
    if (sending && plan.pace == NEXT_ON_TALLY && number_of(client) < plan.voters &&
        !client->waiting && client->tally_seq >= client->acked)
        cast_vote(client);
}

static void hear_text(struct client *client, struct span text)
{
    switch (dialect_unwrap(&text)) {
    case A_MESSAGE: hear(client, text); break;
    case THE_FLOOR: say_hello(client); break;
    case A_PING: say(client, OP_TEXT, dialect_pong, strlen(dialect_pong)); break;
    case AN_OPENING: break;
    case NONSENSE:
        fail("client %u got what is no message: %.*s", number_of(client),
             (int)(text.length < 100 ? text.length : 100), text.at);
    }
}

static void listen_to(struct client *client)
{
    struct frame frame;
    const char *wrong = NULL;
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
            hear_text(client, (struct span){frame.body, frame.length});
    }
    if (got < 0)
        fail("client %u: %s", number_of(client), wrong);
}

int listen_once(int poller, int milliseconds)
{
    static struct epoll_event events[1024];
    int stirred = 0;
    int count = epoll_wait(poller, events, 1024, milliseconds);
    for (int i = 0; i < count; i++) {
        struct client *client = events[i].data.ptr;
        if (client == NULL) {
            stirred = 1;
            continue;
        }
        if (client->stage == INSIDE) {
            const char *wrong = ws_receive(&client->ws);
            if (wrong)
                fail("client %u was cut off: %s", number_of(client), wrong);
        }
        if (come_in(poller, client))
            listen_to(client);
    }
    return stirred;
}

void watch(int poller, int fd, void *whose)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = whose};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) < 0)
        fail("epoll: %s", strerror(errno));
}

void start_voting(void)
{
    sending = 1;
    if (plan.pace == NEXT_ON_ACK || plan.pace == NEXT_ON_TALLY)
        for (unsigned i = 0; i < plan.voters; i++)
            cast_vote(&clients[i]);
}

void stop_voting(void)
{
    sending = 0;
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

void settle(int poller)
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
void check_tallies(void)
{
    long totals[MAX_OPTIONS], voters = plan.voted;
    memcpy(totals, plan.totals, sizeof totals);
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

/* So do people: some close the page, others are out of reach all of a sudden. */
void leave(void)
{
    static const char going[] = {1001 >> 8, 1001 & 0xff};
    for (int i = 0; i < plan.clients; i += 2)
        ws_send(&clients[i].ws, OP_CLOSE, going, sizeof going);
}
