#define _GNU_SOURCE
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The example of RFC 6455, 1.3: a key whose answer is known without computing it. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { FIRST_SIZE = 4096, LARGEST = 1 << 20, PATIENCE_MS = 10000 };

static const char *make_room(struct websocket *ws)
{
    if (ws->start > 0) {
        memmove(ws->bytes, ws->bytes + ws->start, ws->end - ws->start);
        ws->end -= ws->start;
        ws->start = 0;
    }
    if (ws->end < ws->size)
        return NULL;
    size_t size = ws->size ? 2 * ws->size : FIRST_SIZE;
    char *bytes = size <= LARGEST ? realloc(ws->bytes, size) : NULL;
    if (bytes == NULL)
        return "a frame is larger than a client can be expected to hold";
    ws->bytes = bytes;
    ws->size = size;
    return NULL;
}

const char *ws_receive(struct websocket *ws)
{
    const char *wrong = make_room(ws);
    if (wrong)
        return wrong;
    ssize_t got = recv(ws->fd, ws->bytes + ws->end, ws->size - ws->end, 0);
    if (got == 0)
        return "the server hung up";
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
    ws->end += (size_t)got;
    return NULL;
}

static const char *send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes += sent;
            length -= (size_t)sent;
        } else if (errno == EAGAIN) {
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            if (poll(&writable, 1, PATIENCE_MS) == 0)
                return "the server does not read what it is sent";
        } else if (errno != EINTR) {
            return strerror(errno);
        }
    }
    return NULL;
}

static const char *check_handshake(const char *head, const char *protocol)
{
    static char wrong[160];
    char line[96];
    if (strncmp(head, "HTTP/1.1 101 ", 13) != 0) {
        snprintf(wrong, sizeof wrong, "no handshake, but: %.*s", (int)strcspn(head, "\r\n"), head);
        return wrong;
    }
    if (strcasestr(head, "\r\nSec-WebSocket-Accept: " ACCEPT "\r\n") == NULL)
        return "the handshake has a wrong Sec-WebSocket-Accept";
    snprintf(line, sizeof line, "\r\nSec-WebSocket-Protocol: %s\r\n", protocol);
    if (*protocol && strcasestr(head, line) == NULL)
        return "the handshake does not agree on the subprotocol";
    if (strcasestr(head, "\r\nSec-WebSocket-Extensions:"))
        return "the handshake has an extension that nobody offered";
    return NULL;
}

const char *ws_open(struct websocket *ws, int port)
{
    struct sockaddr_in server = {.sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port),
                                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    *ws = (struct websocket){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (ws->fd < 0)
        return strerror(errno);
    setsockopt(ws->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(ws->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
        return strerror(errno);
    return NULL;
}

const char *ws_ask(struct websocket *ws, int port, const char *path, const char *cookie,
                   const char *protocol)
{
    char request[2048], wish[96] = "";
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(ws->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 || error)
        return strerror(error ? error : errno);
    if (*protocol)
        snprintf(wish, sizeof wish, "Sec-WebSocket-Protocol: %s\r\n", protocol);
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\n"
                          "Host: 127.0.0.1:%d\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: " KEY "\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "%s"
                          "Origin: http://127.0.0.1:%d\r\n"
                          "Cookie: %s\r\n\r\n",
                          path, port, wish, port, cookie);
    if (length >= (int)sizeof request)
        return "the cookie is too long";
    return send_all(ws->fd, request, (size_t)length);
}

int ws_shaken(struct websocket *ws, const char *protocol, const char **wrong)
{
    if ((*wrong = ws_receive(ws)))
        return -1;
    char *blank = memmem(ws->bytes, ws->end, "\r\n\r\n", 4);
    if (blank == NULL)
        return 0;
    blank[2] = '\0';
    ws->start = (size_t)(blank + 4 - ws->bytes);
    *wrong = check_handshake(ws->bytes, protocol);
    return *wrong ? -1 : 1;
}

const char *ws_send(struct websocket *ws, int opcode, const char *body, size_t length)
{
    static uint32_t key = 0x9e3779b9;
    char frame[2048];
    size_t head = 2;
    if (length + 8 > sizeof frame)
        return "a message is too long for this generator";
    frame[0] = (char)(0x80 | opcode);
    if (length < 126) {
        frame[1] = (char)(0x80 | length);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(length >> 8);
        frame[3] = (char)length;
        head = 4;
    }
    key = key * 1664525 + 1013904223;
    memcpy(frame + head, &key, 4);
    for (size_t i = 0; i < length; i++)
        frame[head + 4 + i] = body[i] ^ frame[head + i % 4];
    return send_all(ws->fd, frame, head + 4 + length);
}

int ws_next(struct websocket *ws, struct frame *frame, const char **wrong)
{
    const uint8_t *at = (const uint8_t *)ws->bytes + ws->start;
    size_t held = ws->end - ws->start, head = 2;
    if (held < 2)
        return 0;
    uint64_t length = at[1] & 0x7f;
    if (length >= 126) {
        head = length == 126 ? 4 : 10;
        if (held < head)
            return 0;
        uint64_t least = length == 126 ? 126 : 65536;
        length = 0;
        for (size_t i = 2; i < head; i++)
            length = length << 8 | at[i];
        if (length < least)
            return *wrong = "a frame's length is written longer than it has to be", -1;
    }
    if ((at[0] & 0xf0) != 0x80)
        return *wrong = "a frame is fragmented, or has a reserved bit set", -1;
    if (at[1] & 0x80)
        return *wrong = "a server's frame is masked", -1;
    if (length > LARGEST)
        return *wrong = "a frame claims to be larger than a megabyte", -1;
    if (held < head + length)
        return 0;
    *frame = (struct frame){at[0] & 0x0f, ws->bytes + ws->start + head, (size_t)length};
    ws->start += head + (size_t)length;
    if (ws->start == ws->end)
        ws->start = ws->end = 0;
    return 1;
}
