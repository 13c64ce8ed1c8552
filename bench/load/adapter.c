#include "adapter.h"

#include <string.h>

/* Packets of socket.io's protocol 5, each in a text frame of engine.io's protocol 4: the
 * first digit is engine.io's (0 open, 2 ping, 3 pong, 4 message), the second socket.io's
 * (0 connect, 2 event). */
#define EVENT "42[\"message\","

const char *adapter_connect = "";
const char *adapter_pong = "3";

int adapter_select(const char *name)
{
    adapter_connect = strcmp(name, "socket.io") == 0 ? "40" : "";
    return *adapter_connect || strcmp(name, "plain") == 0;
}

struct span adapter_encode(const char *message, size_t length)
{
    static char packet[2048];
    const size_t head = sizeof EVENT - 1;
    if (!*adapter_connect || head + length + 1 > sizeof packet)
        return (struct span){message, length};
    memcpy(packet, EVENT, head);
    memcpy(packet + head, message, length);
    packet[head + length] = ']';
    return (struct span){packet, head + length + 1};
}

static int starts_with(struct span text, const char *head)
{
    size_t length = strlen(head);
    return text.length >= length && memcmp(text.at, head, length) == 0;
}

enum packet adapter_decode(struct span *text)
{
    const size_t head = sizeof EVENT - 1;
    if (!*adapter_connect)
        return PACKET_MESSAGE;
    if (starts_with(*text, EVENT) && text->at[text->length - 1] == ']') {
        *text = (struct span){text->at + head, text->length - head - 1};
        return PACKET_MESSAGE;
    }
    if (starts_with(*text, "40{"))
        return PACKET_CONNECTED;
    if (starts_with(*text, "0{"))
        return PACKET_OPEN;
    return text->length == 1 && *text->at == '2' ? PACKET_PING : PACKET_INVALID;
}
