/* The machine's limit: epoll, one frame a tally, `send()` in a loop. No server for people:
 * it trusts its clients, knows only the key that this bench's generator sends (the example of
 * RFC 6455, 1.3), and whoever does not read is cut off. The job itself is that of job.py. */
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

#define GREETING                              \
    "HTTP/1.1 101 Switching Protocols\r\n"    \
    "Upgrade: websocket\r\n"                  \
    "Connection: Upgrade\r\n"                 \
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

enum { MOST = 16384, INBOX = 2048, LARGEST = 8192, QUIET_MS = 200 };

struct person {
    int fd, met;
    size_t held;
    unsigned ballot;
    char inbox[INBOX];
};

static struct person *people[MOST];
static int present;
static char *options[32];
static unsigned option_count;
static long totals[32], seq, voters;
static size_t tally_bytes;
static int shows_each;

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

/* Put the head of a text frame before a payload that stands at `frame + 4`. */
static const char *framed(char *frame, size_t length, size_t *size)
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

static void give(struct person *person, const char *bytes, size_t size)
{
    if (send(person->fd, bytes, size, MSG_NOSIGNAL) != (ssize_t)size)
        shutdown(person->fd, SHUT_RDWR);
}

static void show(void)
{
    static char frame[LARGEST];
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
    const char *bytes = framed(frame, (size_t)(at - frame - 4), &size);
    for (int i = 0; i < present; i++)
        give(people[i], bytes, size);
}

static void count(struct person *person, const char *message)
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
        totals[i] += (long)(ballot >> i & 1) - (long)(person->ballot >> i & 1);
    voters += !person->ballot;
    person->ballot = ballot;
    seq++;
    int length = sprintf(frame + 4, "{\"type\":\"ack\",\"id\":\"%.*s\",\"seq\":%ld}",
                         (int)strcspn(id + 6, "\""), id + 6, seq);
    const char *bytes = framed(frame, (size_t)length, &size);
    give(person, bytes, size);
    if (shows_each)
        show();
}

static void hear(struct person *person, const char *message)
{
    char frame[64];
    size_t size;
    if (strstr(message, "\"hello\"") == NULL) {
        count(person, message);
        return;
    }
    int length = sprintf(frame + 4, "{\"type\":\"welcome\",\"seq\":%ld}", seq);
    const char *bytes = framed(frame, (size_t)length, &size);
    give(person, bytes, size);
}

/* Take whole masked frames of up to 1 KiB from the inbox. */
static void take_frames(struct person *person)
{
    uint8_t *at = (uint8_t *)person->inbox, *end = at + person->held;
    while (end - at >= 8) {
        size_t length = at[1] & 0x7f, head = 6;
        if (length == 126) {
            length = (size_t)at[2] << 8 | at[3];
            head = 8;
        }
        if ((size_t)(end - at) < head + length)
            break;
        char message[INBOX];
        for (size_t i = 0; i < length; i++)
            message[i] = (char)(at[head + i] ^ at[head - 4 + i % 4]);
        message[length] = '\0';
        if ((at[0] & 0x0f) == 1)
            hear(person, message);
        at += head + length;
    }
    person->held = (size_t)(end - at);
    memmove(person->inbox, at, person->held);
}

static void leave(struct person *person)
{
    for (int i = 0; i < present; i++)
        if (people[i] == person)
            people[i] = people[--present];
    close(person->fd);
    free(person);
}

static void listen_to(struct person *person)
{
    ssize_t got = recv(person->fd, person->inbox + person->held, INBOX - 1 - person->held, 0);
    if (got <= 0) {
        leave(person);
        return;
    }
    person->held += (size_t)got;
    if (person->met) {
        take_frames(person);
    } else if (memmem(person->inbox, person->held, "\r\n\r\n", 4)) {
        person->met = 1;
        person->held = 0; /* this bench's clients wait for the answer */
        give(person, GREETING, sizeof GREETING - 1);
        people[present++] = person;
    }
}

static void accept_one(int poller, int door)
{
    int on = 1;
    struct person *person = calloc(1, sizeof *person);
    if (person == NULL || present == MOST)
        give_up("no room");
    person->fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    setsockopt(person->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = person};
    if (person->fd < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, person->fd, &event) < 0)
        give_up("accept");
}

int main(void)
{
    int poller = epoll_create1(EPOLL_CLOEXEC), on = 1;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)atoi(getenv("PORT"))),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event events[256], event = {.events = EPOLLIN};
    long seen = 0, shown = 0;
    tally_bytes = (size_t)atoi(getenv("TALLY_BYTES"));
    shows_each = strcmp(getenv("SHOW"), "each") == 0;
    for (char *id = strtok(getenv("OPTIONS"), ","); id && option_count < 32; id = strtok(NULL, ","))
        options[option_count++] = id;
    if (tally_bytes + 64 > LARGEST)
        give_up("TALLY_BYTES");
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(door, (struct sockaddr *)&address, sizeof address) < 0 || listen(door, 4096) < 0)
        give_up("listen");
    epoll_ctl(poller, EPOLL_CTL_ADD, door, &event);
    for (;;) {
        int count = epoll_wait(poller, events, 256, QUIET_MS);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                listen_to(events[i].data.ptr);
            else
                accept_one(poller, door);
        }
        if (count == 0 && !shows_each && seen == seq && shown != seq) {
            shown = seq;
            show();
        }
        seen = seq;
    }
}
