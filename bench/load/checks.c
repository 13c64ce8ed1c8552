#include "checks.h"

#include "adapter.h"
#include "json.h"
#include "runtime.h"
#include "workload.h"

#include <stdlib.h>
#include <string.h>

struct deliveries deliveries[OBSERVERS];

static unsigned char *acked_positions; /* a bit for each position given to a vote */
static long last_acked;                /* the highest of them */
static int voting;

void checks_allocate(void)
{
    acked_positions = calloc(MAX_VOTES, 1);
    if (acked_positions == NULL)
        fail("the load generator has run out of memory");
}

int observer(int number)
{
    return number * (workload.clients - workload.burst - 1) / (OBSERVERS - 1);
}

static long position(struct client *client, struct span message)
{
    long seq = json_number(json_field(message, "seq"));
    if (seq < 0)
        fail("a frame to client %u has no seq: %.*s", client_index(client),
             (int)(message.length < 100 ? message.length : 100), message.at);
    return seq;
}

static void check_ack(struct client *client, struct span message)
{
    struct span id = json_field(message, "id");
    long seq = position(client, message);
    unsigned number = MAX_VOTES;
    if (id.length > 3 && id.length < 12)
        number = (unsigned)json_number((struct span){id.at + 2, id.length - 3}) -
                 workload.first_vote;
    if (number >= counters.votes_sent || votes[number].client != client_index(client))
        fail("client %u received an answer to a vote that it never sent", client_index(client));
    if (votes[number].acked_at > 0)
        fail("vote %u was answered twice", number);
    if (seq <= client->acked_seq)
        fail("two votes of client %u were put out of order", client_index(client));
    if (seq >= 8L * MAX_VOTES || acked_positions[seq / 8] >> seq % 8 & 1)
        fail("position %ld was given to two votes, or is out of range", seq);
    acked_positions[seq / 8] |= (unsigned char)(1 << seq % 8);
    last_acked = seq > last_acked ? seq : last_acked;
    votes[number].seq = client->acked_seq = seq;
    votes[number].acked_at = now();
    client->unanswered--;
    counters.acks++;
    if (voting && workload.loop == CLOSED_UNTIL_ACK)
        client_vote(client);
}

static void record_delivery(struct client *client, long seq)
{
    for (int i = 0; i < OBSERVERS; i++) {
        struct deliveries *received = &deliveries[i];
        if (client != &clients[observer(i)])
            continue;
        if (received->count == received->size) {
            received->size = received->size ? 2 * received->size : 1024;
            received->list = resize(received->list, received->size * sizeof *received->list);
        }
        received->list[received->count++] = (struct delivery){now(), seq};
    }
}

static void check_tally(struct client *client, struct span message, long seq)
{
    counters.tallies++;
    if (message.length > client->tally_size) {
        client->tally_size = 2 * message.length;
        client->tally = resize(client->tally, client->tally_size);
    }
    memcpy(client->tally, message.at, message.length);
    client->tally_length = message.length;
    client->tally_seq = seq;
    record_delivery(client, seq);
}

static void check_message(struct client *client, struct span message)
{
    struct span type = json_field(message, "type");
    counters.bytes += message.length;
    if (json_is(type, "ack")) {
        check_ack(client, message);
    } else if (json_is(type, "refused")) {
        fail("a vote was refused: %.*s", (int)message.length, message.at);
    } else if (json_is(type, "goodbye")) {
        fail("the server said goodbye");
    } else if (json_is(type, "welcome") && client->seq >= 0) {
        fail("client %u was welcomed again, so frames to it were dropped", client_index(client));
    } else if (!json_is(type, "ballot")) {
        long seq = position(client, message);
        if (client->seq < 0 && !json_is(type, "welcome"))
            fail("client %u received a frame before its welcome", client_index(client));
        if (seq < client->seq)
            fail("client %u received position %ld after %ld", client_index(client), seq,
                 client->seq);
        if (client->seq < 0) {
            client->welcomed_at = now();
            counters.welcomed++;
        }
        client->seq = seq;
        counters.frames++;
        if (json_is(type, "tally"))
            check_tally(client, message, seq);
    }
    if (voting && workload.loop == CLOSED_UNTIL_TALLY && client_index(client) < workload.voters &&
        !client->unanswered && client->tally_seq >= client->acked_seq)
        client_vote(client);
}

static void check_text(struct client *client, struct span text)
{
    switch (adapter_decode(&text)) {
    case PACKET_MESSAGE: check_message(client, text); break;
    case PACKET_CONNECTED: client_send_hello(client); break;
    case PACKET_PING: client_send(client, OP_TEXT, adapter_pong, strlen(adapter_pong)); break;
    case PACKET_OPEN: break;
    case PACKET_INVALID:
        fail("client %u received an invalid packet: %.*s", client_index(client),
             (int)(text.length < 100 ? text.length : 100), text.at);
    }
}

void check_frames(struct client *client)
{
    struct frame frame;
    const char *error = NULL;
    int result;
    while ((result = ws_next(&client->ws, &frame, &error)) > 0) {
        if (frame.opcode == OP_PING)
            client_send(client, OP_PONG, frame.body, frame.length);
        else if (frame.opcode == OP_CLOSE)
            fail("client %u was closed: %.*s", client_index(client),
                 (int)(frame.length > 2 ? frame.length - 2 : 0), frame.body + 2);
        else if (frame.opcode != OP_TEXT)
            fail("client %u received a frame that is not text", client_index(client));
        else
            check_text(client, (struct span){frame.body, frame.length});
    }
    if (result < 0)
        fail("client %u: %s", client_index(client), error);
}

void start_voting(void)
{
    voting = 1;
    if (workload.loop == CLOSED_UNTIL_ACK || workload.loop == CLOSED_UNTIL_TALLY)
        for (unsigned i = 0; i < workload.voters; i++)
            client_vote(&clients[i]);
}

void stop_voting(void)
{
    voting = 0;
}

int settled(void)
{
    if (counters.acks < counters.votes_sent)
        return 0;
    for (int i = 0; i < workload.clients; i++)
        if (clients[i].tally_seq < last_acked)
            return 0;
    return 1;
}

void fail_unsettled(void)
{
    if (counters.acks < counters.votes_sent)
        fail("%lu of %u votes were never answered", counters.votes_sent - counters.acks,
             counters.votes_sent);
    fail("not every client received a tally of position %ld", last_acked);
}

void check_tallies(void)
{
    long totals[MAX_OPTIONS], voters = workload.earlier_voters;
    memcpy(totals, workload.earlier_totals, sizeof totals);
    for (int i = 0; i < workload.clients; i++) {
        voters += clients[i].ballot != 0;
        for (unsigned option = 0; option < workload.option_count; option++)
            totals[option] += clients[i].ballot >> option & 1;
    }
    for (int i = 0; i < workload.clients; i++) {
        struct span message = {clients[i].tally, clients[i].tally_length};
        struct span tally = json_field(message, "tally");
        struct span reported = json_field(json_field(tally, "result"), "totals");
        int right = json_number(json_field(tally, "voters")) == voters;
        for (unsigned option = 0; option < workload.option_count; option++)
            right &= json_number(json_field(reported, workload.options[option])) == totals[option];
        if (!right)
            fail("the last tally of client %d does not match the votes", i);
    }
}
