#define _GNU_SOURCE
#include "client.h"

#include "adapter.h"
#include "runtime.h"
#include "workload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct client *clients;
struct vote *votes;
struct counters counters;

void clients_allocate(void)
{
    clients = calloc((size_t)workload.clients, sizeof *clients);
    votes = calloc(MAX_VOTES, sizeof *votes);
    if (!clients || !votes)
        fail("the load generator has run out of memory");
}

unsigned client_index(const struct client *client)
{
    return (unsigned)(client - clients);
}

static int port_of(const struct client *client)
{
    return workload.ports[client_index(client) % workload.port_count];
}

static void require_connected(struct client *client, const char *error)
{
    if (error)
        fail("client %u cannot connect: %s", client_index(client), error);
}

void client_connect(struct client *client, const char *cookie)
{
    client->cookie = strdup(cookie);
    client->seq = client->tally_seq = -1;
    client->started_at = now();
    counters.started++;
    require_connected(client, ws_connect(&client->ws, port_of(client)));
}

void client_request_upgrade(struct client *client)
{
    require_connected(client, ws_request_upgrade(&client->ws, port_of(client), workload.path,
                                                 client->cookie, workload.protocol));
    free(client->cookie);
    client->state = UPGRADING;
}

int client_finish_upgrade(struct client *client)
{
    const char *error = NULL;
    if (!ws_finish_upgrade(&client->ws, workload.protocol, &error))
        return 0;
    require_connected(client, error);
    client->state = OPEN;
    if (*adapter_connect)
        client_send(client, OP_TEXT, adapter_connect, strlen(adapter_connect));
    else
        client_send_hello(client);
    return 1;
}

void client_send(struct client *client, int opcode, const char *body, size_t length)
{
    const char *error = ws_send(&client->ws, opcode, body, length);
    if (error)
        fail("client %u cannot send: %s", client_index(client), error);
}

static void send_message(struct client *client, const char *message, size_t length)
{
    struct span packet = adapter_encode(message, length);
    client_send(client, OP_TEXT, packet.at, packet.length);
}

void client_send_hello(struct client *client)
{
    char hello[64];
    int length = snprintf(hello, sizeof hello, "{\"type\":\"hello\",\"view\":\"%.10s\"}",
                          workload.view);
    send_message(client, hello, length);
}

void client_vote(struct client *client)
{
    char message[1536];
    unsigned number = counters.votes_sent++, all = 1u << workload.option_count, ballot;
    if (counters.votes_sent > MAX_VOTES)
        fail("the load generator cannot record more than %d votes", MAX_VOTES);
    do /* a ballot that differs from the last, so that each vote changes the tally */
        ballot = 1 + (unsigned)(drand48() * (all - 1));
    while (ballot == client->ballot);
    int length = sprintf(message,
                         "{\"type\":\"vote\",\"id\":\"v%u\",\"round\":%d,\"ballot\":{\"approve\":[",
                         workload.first_vote + number, workload.round);
    for (unsigned i = 0; i < workload.option_count; i++)
        if (ballot >> i & 1)
            length += sprintf(message + length, "\"%s\",", workload.options[i]);
    length += sprintf(message + length - 1, "]}}") - 1;
    client->ballot = ballot;
    client->unanswered++;
    votes[number] = (struct vote){.sent_at = now(), .client = client_index(client)};
    send_message(client, message, (size_t)length);
}

/* As in a meeting: some close the page, others lose the network. */
void clients_disconnect(void)
{
    static const char going_away[] = {1001 >> 8, 1001 & 0xff};
    for (int i = 0; i < workload.clients; i += 2)
        ws_send(&clients[i].ws, OP_CLOSE, going_away, sizeof going_away);
}
