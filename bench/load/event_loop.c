#include "event_loop.h"

#include "checks.h"
#include "runtime.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

enum { MAX_EVENTS = 1024 };

static int epoll;

static void control(int operation, int fd, unsigned events, struct client *client)
{
    struct epoll_event event = {.events = events, .data.ptr = client};
    if (epoll_ctl(epoll, operation, fd, &event) < 0)
        fail("epoll: %s", strerror(errno));
}

void event_loop_init(void)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
}

void event_loop_add(struct client *client)
{
    control(EPOLL_CTL_ADD, client->ws.fd, EPOLLOUT, client);
}

void event_loop_watch(int fd)
{
    control(EPOLL_CTL_ADD, fd, EPOLLIN, NULL);
}

static void serve(struct client *client)
{
    const char *error;
    switch (client->state) {
    case CONNECTING:
        client_request_upgrade(client);
        control(EPOLL_CTL_MOD, client->ws.fd, EPOLLIN, client);
        return;
    case UPGRADING:
        if (!client_finish_upgrade(client))
            return;
        break;
    case OPEN:
        if ((error = ws_receive(&client->ws)))
            fail("client %u was cut off: %s", client_index(client), error);
    }
    check_frames(client);
}

int event_loop_run_once(int milliseconds)
{
    static struct epoll_event events[MAX_EVENTS];
    int other = 0;
    int count = epoll_wait(epoll, events, MAX_EVENTS, milliseconds);
    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr)
            serve(events[i].data.ptr);
        else
            other = 1;
    }
    return other;
}

void event_loop_settle(void)
{
    for (double deadline = now() + SETTLE_SECONDS; !settled();) {
        event_loop_run_once(50);
        if (now() >= deadline && !settled())
            fail_unsettled();
    }
}
