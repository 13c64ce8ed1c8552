#define _GNU_SOURCE
#include "ramp_up.h"

#include "client.h"
#include "event_loop.h"
#include "runtime.h"
#include "workload.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PENDING = 32 }; /* in a gradual ramp-up; a burst does not wait */

static FILE *cookies;
static double last_progress; /* when a client last began to connect or was welcomed */

void ramp_up_one(void)
{
    char line[1024];
    struct client *client = &clients[counters.started];
    if (cookies == NULL && (cookies = fopen(workload.cookies, "r")) == NULL)
        fail("%s: %s", workload.cookies, strerror(errno));
    if (fgets(line, sizeof line, cookies) == NULL)
        fail("there are fewer cookies than clients");
    line[strcspn(line, "\n")] = '\0';
    last_progress = now();
    client_connect(client, line);
    event_loop_add(client);
}

unsigned ramp_up_pending(void)
{
    static unsigned welcomed;
    if (welcomed < counters.welcomed) {
        welcomed = counters.welcomed;
        last_progress = now();
    }
    return counters.started - counters.welcomed;
}

int ramp_up_stalled(void)
{
    return ramp_up_pending() > 0 && now() - last_progress > SETTLE_SECONDS;
}

static void wait_for_pending(unsigned at_most)
{
    while (ramp_up_pending() > at_most) {
        event_loop_run_once(100);
        if (ramp_up_stalled())
            fail("%u clients were not welcomed: no progress for %d s", ramp_up_pending(),
                 SETTLE_SECONDS);
    }
}

void ramp_up(unsigned wanted)
{
    while (counters.started < wanted) {
        ramp_up_one();
        wait_for_pending(MAX_PENDING);
    }
    wait_for_pending(0);
}
