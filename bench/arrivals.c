#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static FILE *cookies;
static double moved; /* when somebody last came or was welcomed */

static void await(int poller, struct client *client, int operation, unsigned events)
{
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(poller, operation, client->ws.fd, &event) < 0)
        fail("epoll: %s", strerror(errno));
}

static void stop_if(struct client *client, const char *wrong)
{
    if (wrong)
        fail("client %d cannot connect: %s", (int)(client - clients), wrong);
}

void bring(int poller)
{
    char line[1024];
    struct client *client = &clients[counts.came++];
    if (cookies == NULL && (cookies = fopen(plan.cookies, "r")) == NULL)
        fail("%s: %s", plan.cookies, strerror(errno));
    if (fgets(line, sizeof line, cookies) == NULL)
        fail("there are fewer cookies than clients");
    line[strcspn(line, "\n")] = '\0';
    client->cookie = strdup(line);
    client->told = client->tally_seq = -1;
    client->came = moved = now();
    stop_if(client, ws_open(&client->ws, plan.port));
    await(poller, client, EPOLL_CTL_ADD, EPOLLOUT);
}

int come_in(int poller, struct client *client)
{
    const char *wrong = NULL;
    if (client->stage == CONNECTING) {
        stop_if(client, ws_ask(&client->ws, plan.port, plan.path, client->cookie, plan.protocol));
        free(client->cookie);
        client->stage = SHAKING_HANDS;
        await(poller, client, EPOLL_CTL_MOD, EPOLLIN);
    } else if (client->stage == SHAKING_HANDS && ws_shaken(&client->ws, plan.protocol, &wrong)) {
        stop_if(client, wrong);
        client->stage = INSIDE;
        enter(client);
    }
    return client->stage == INSIDE;
}

int outside(void)
{
    static unsigned welcomed;
    if (welcomed < counts.welcomed) {
        welcomed = counts.welcomed;
        moved = now();
    }
    return (int)(counts.came - counts.welcomed);
}

int waited_in_vain(void)
{
    return outside() > 0 && now() - moved > SETTLE_SECONDS;
}

static void welcome_all_but(int poller, int few)
{
    while (outside() > few) {
        listen_once(poller, 100);
        if (waited_in_vain())
            fail("%d clients were not welcomed, and nobody was for %d s", outside(),
                 SETTLE_SECONDS);
    }
}

void bring_all(int poller, int last)
{
    while (counts.came < (unsigned)last) {
        bring(poller);
        welcome_all_but(poller, AT_THE_DOOR);
    }
    welcome_all_but(poller, 0);
}
