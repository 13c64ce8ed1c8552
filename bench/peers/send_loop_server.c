/* An upper bound for this machine: epoll, one frame per tally, `send()` in a loop. Not a server for
 * real use: it trusts its clients, accepts only the key that the load generator sends (the example
 * of RFC 6455, 1.3), and disconnects clients that do not read. The board is that of board.py. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE                             \
    "HTTP/1.1 101 Switching Protocols\r\n"    \
    "Upgrade: websocket\r\n"                  \
    "Connection: Upgrade\r\n"                 \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

enum { MAX_CLIENTS = 16384, INPUT_SIZE = 2048, MAX_FRAME = 8192, IDLE_MS = 200 };

struct client {
    int fd, open;
    size_t received;
    unsigned ballot;
    char input[INPUT_SIZE];
};

static struct client *clients[MAX_CLIENTS];
static int client_count;
static char *options[32];
static unsigned option_count;
static long totals[32], seq, voters;
static size_t tally_bytes;
static int tally_per_vote;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Put the header of a text frame in front of a payload at `frame + 4`. */
static const char *add_header(char *frame, size_t length, size_t *size)
{
    if (length < 126) {
        frame[2] = (char)0x81;
        frame[3] = (char)length;
        *size = length + 2;
        return frame + 2;
    }
    frame[0] = (char)0x81;
    frame[1] = 126;
    frame[2] = (char)(length >> 8);
    frame[3] = (char)length;
    *size = length + 4;
    return frame;
}

static void send_bytes(struct client *client, const char *bytes, size_t size)
{
    if (send(client->fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
        shutdown(client->fd, SHUT_RDWR);
}

static void send_tally(void)
{
    static char frame[MAX_FRAME];
    char *at = frame + 4;
    size_t size;
    at += sprintf(at, "{\"type\":\"tally\",\"seq\":%ld,\"tally\":{\"round\":1,\"voters\":%ld,"
                      "\"result\":{\"totals\":{", seq, voters);
    for (unsigned i = 0; i < option_count; i++)
        at += sprintf(at, "%s\"%s\":%ld", i ? "," : "", options[i], totals[i]);
    at += sprintf(at, "},\"evidence\":\"");
    while ((size_t)(at - frame - 4) < tally_bytes - 4)
        *at++ = ' ';
    at += sprintf(at, "\"}}}");
    const char *bytes = add_header(frame, (size_t)(at - frame - 4), &size);
    for (int i = 0; i < client_count; i++)
        send_bytes(clients[i], bytes, size);
}

static void count_vote(struct client *client, const char *message)
{
    char frame[256];
    size_t size;
    unsigned ballot = 0;
    const char *id = strstr(message, "\"id\":\""), *approve = strstr(message, "\"approve\":[");
    if (!id || !approve)
        return;
    for (unsigned i = 0; i < option_count; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", options[i]);
        ballot |= (unsigned)(strstr(approve, quoted) != NULL) << i;
    }
    for (unsigned i = 0; i < option_count; i++)
        totals[i] += (long)(ballot >> i & 1) - (long)(client->ballot >> i & 1);
    voters += !client->ballot;
    client->ballot = ballot;
    seq++;
    int length = sprintf(frame + 4, "{\"type\":\"ack\",\"id\":\"%.*s\",\"seq\":%ld}",
                         (int)strcspn(id + 6, "\""), id + 6, seq);
    const char *bytes = add_header(frame, (size_t)length, &size);
    send_bytes(client, bytes, size);
    if (tally_per_vote)
        send_tally();
}

static void handle_message(struct client *client, const char *message)
{
    char frame[64];
    size_t size;
    if (strstr(message, "\"hello\"") == NULL) {
        count_vote(client, message);
        return;
    }
    int length = sprintf(frame + 4, "{\"type\":\"welcome\",\"seq\":%ld}", seq);
    const char *bytes = add_header(frame, (size_t)length, &size);
    send_bytes(client, bytes, size);
}

/* Handle the complete masked frames, of up to 1 KiB, in the input. */
static void handle_frames(struct client *client)
{
    uint8_t *at = (uint8_t *)client->input, *end = at + client->received;
    while (end - at >= 8) {
        size_t length = at[1] & 0x7f, head = 6;
        if (length == 126) {
            length = (size_t)at[2] << 8 | at[3];
            head = 8;
        }
        if ((size_t)(end - at) < head + length)
            break;
        char message[INPUT_SIZE];
        for (size_t i = 0; i < length; i++)
            message[i] = (char)(at[head + i] ^ at[head - 4 + i % 4]);
        message[length] = '\0';
        if ((at[0] & 0x0f) == 1)
            handle_message(client, message);
        at += head + length;
    }
    client->received = (size_t)(end - at);
    memmove(client->input, at, client->received);
}

static void disconnect(struct client *client)
{
    for (int i = 0; i < client_count; i++)
        if (clients[i] == client)
            clients[i] = clients[--client_count];
    close(client->fd);
    free(client);
}

static void handle_input(struct client *client)
{
    char *end = client->input + client->received;
    ssize_t got = recv(client->fd, end, INPUT_SIZE - 1 - client->received, 0);
    if (got <= 0) {
        disconnect(client);
        return;
    }
    client->received += (size_t)got;
    if (client->open) {
        handle_frames(client);
    } else if (memmem(client->input, client->received, "\r\n\r\n", 4)) {
        client->open = 1;
        client->received = 0; /* the load generator waits for the response */
        send_bytes(client, HANDSHAKE, sizeof HANDSHAKE - 1);
        clients[client_count++] = client;
    }
}

static void accept_one(int epoll, int listener)
{
    int on = 1;
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL || client_count == MAX_CLIENTS)
        fail("too many clients");
    client->fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    if (client->fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        fail("accept");
}

int main(void)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC), on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(getenv("PORT"))),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event events[256], event = {.events = EPOLLIN};
    long seen = 0, sent = 0;
    tally_bytes = (size_t)atoi(getenv("TALLY_BYTES"));
    tally_per_vote = strcmp(getenv("TALLIES"), "per-vote") == 0;
    for (char *id = strtok(getenv("OPTIONS"), ","); id && option_count < 32; id = strtok(NULL, ","))
        options[option_count++] = id;
    if (tally_bytes + 64 > MAX_FRAME)
        fail("TALLY_BYTES");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        listen(listener, 4096) < 0)
        fail("listen");
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(epoll, events, 256, IDLE_MS);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                handle_input(events[i].data.ptr);
            else
                accept_one(epoll, listener);
        }
        if (count == 0 && !tally_per_vote && seen == seq && sent != seq) {
            sent = seq;
            send_tally();
        }
        seen = seq;
    }
}
