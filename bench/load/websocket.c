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

/* The example of RFC 6455, 1.3: a key whose response is known without computing it. */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { INITIAL_SIZE = 4096, LARGEST = 1 << 20, SEND_TIMEOUT_MS = 10000 };

static const char *reserve(struct websocket *ws)
{
    if (ws->start > 0) {
        memmove(ws->bytes, ws->bytes + ws->start, ws->end - ws->start);
        ws->end -= ws->start;
        ws->start = 0;
    }
    if (ws->end < ws->size)
        return NULL;
    size_t size = ws->size ? 2 * ws->size : INITIAL_SIZE;
    char *bytes = size <= LARGEST ? realloc(ws->bytes, size) : NULL;
    if (bytes == NULL)
        return "a frame is larger than a megabyte";
    ws->bytes = bytes;
    ws->size = size;
    return NULL;
}

const char *ws_receive(struct websocket *ws)
{
    const char *error = reserve(ws);
    if (error)
        return error;
    ssize_t received = recv(ws->fd, ws->bytes + ws->end, ws->size - ws->end, 0);
    if (received == 0)
        return "the server closed the connection";
    if (received < 0)
        return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
    ws->end += (size_t)received;
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
            if (poll(&writable, 1, SEND_TIMEOUT_MS) == 0)
                return "the server does not read";
        } else if (errno != EINTR) {
            return strerror(errno);
        }
    }
    return NULL;
}

static const char *check_handshake(const char *head, const char *protocol)
{
    static char error[160];
    char line[96];
    if (strncmp(head, "HTTP/1.1 101 ", 13) != 0) {
        snprintf(error, sizeof error, "the handshake failed: %.*s", (int)strcspn(head, "\r\n"),
                 head);
        return error;
    }
    if (strcasestr(head, "\r\nSec-WebSocket-Accept: " ACCEPT "\r\n") == NULL)
        return "the handshake has a wrong Sec-WebSocket-Accept";
    snprintf(line, sizeof line, "\r\nSec-WebSocket-Protocol: %s\r\n", protocol);
    if (*protocol && strcasestr(head, line) == NULL)
        return "the handshake did not select the subprotocol";
    if (strcasestr(head, "\r\nSec-WebSocket-Extensions:"))
        return "the handshake selects an extension that was not offered";
    return NULL;
}

const char *ws_connect(struct websocket *ws, int port)
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

const char *ws_request_upgrade(struct websocket *ws, int port, const char *path,
                               const char *cookie, const char *protocol)
{
    char request[2048], protocol_header[96] = "";
    int failed = 0;
    socklen_t size = sizeof failed;
    if (getsockopt(ws->fd, SOL_SOCKET, SO_ERROR, &failed, &size) < 0 || failed)
        return strerror(failed ? failed : errno);
    if (*protocol)
        snprintf(protocol_header, sizeof protocol_header, "Sec-WebSocket-Protocol: %s\r\n",
                 protocol);
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
                          path, port, protocol_header, port, cookie);
    if (length >= (int)sizeof request)
        return "the cookie is too long";
    return send_all(ws->fd, request, (size_t)length);
}

int ws_finish_upgrade(struct websocket *ws, const char *protocol, const char **error)
{
    if ((*error = ws_receive(ws)))
        return -1;
    char *blank = memmem(ws->bytes, ws->end, "\r\n\r\n", 4);
    if (blank == NULL)
        return 0;
    blank[2] = '\0';
    ws->start = (size_t)(blank + 4 - ws->bytes);
    *error = check_handshake(ws->bytes, protocol);
    return *error ? -1 : 1;
}

const char *ws_send(struct websocket *ws, int opcode, const char *body, size_t length)
{
    static uint32_t key = 0x9e3779b9;
    char frame[2048];
    size_t head = 2;
    if (length + 8 > sizeof frame)
        return "a message is too long for this load generator";
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

int ws_next(struct websocket *ws, struct frame *frame, const char **error)
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
            return *error = "a frame's length is not in the shortest form", -1;
    }
    if ((at[0] & 0xf0) != 0x80)
        return *error = "a frame is fragmented, or has a reserved bit set", -1;
    if (at[1] & 0x80)
        return *error = "a server's frame is masked", -1;
    if (length > LARGEST)
        return *error = "a frame claims to be larger than a megabyte", -1;
    if (held < head + length)
        return 0;
    *frame = (struct frame){at[0] & 0x0f, ws->bytes + ws->start + head, (size_t)length};
    ws->start += head + (size_t)length;
    if (ws->start == ws->end)
        ws->start = ws->end = 0;
    return 1;
}
