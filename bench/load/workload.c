#include "workload.h"

#include "adapter.h"
#include "runtime.h"

#include <stdlib.h>
#include <string.h>

struct workload workload = {
    .protocol = "", .view = "ballot", .round = 1, .windows = 1, .loop = CLOSED_UNTIL_ACK, .warmup = 1, .seconds = 1};

/* `voters,votes for the first option,for the second,…` */
static void parse_earlier_ballots(char *value)
{
    int at = -1;
    for (char *number = strtok(value, ","); number && at < MAX_OPTIONS; number = strtok(NULL, ","))
        *(at < 0 ? &workload.earlier_voters : &workload.earlier_totals[at]) = atol(number), at++;
}

static void parse_options(char *value)
{
    for (char *id = strtok(value, ","); id && workload.option_count < MAX_OPTIONS;
         id = strtok(NULL, ","))
        workload.options[workload.option_count++] = id;
}

static void parse_ports(char *value)
{
    for (char *port = strtok(value, ","); port; port = strtok(NULL, ",")) {
        if (workload.port_count == MAX_PORTS || atoi(port) < 1 || atoi(port) > 65535)
            fail("--port is 1 to %d numbers up to 65535", MAX_PORTS);
        workload.ports[workload.port_count++] = atoi(port);
    }
}

static void parse(const char *name, char *value)
{
    if (!strcmp(name, "--port")) parse_ports(value);
    else if (!strcmp(name, "--path")) workload.path = value;
    else if (!strcmp(name, "--cookies")) workload.cookies = value;
    else if (!strcmp(name, "--protocol")) workload.protocol = value;
    else if (!strcmp(name, "--view")) workload.view = value;
    else if (!strcmp(name, "--adapter") && adapter_select(value)) return;
    else if (!strcmp(name, "--clients")) workload.clients = atoi(value);
    else if (!strcmp(name, "--burst")) workload.burst = atoi(value);
    else if (!strcmp(name, "--first-vote")) workload.first_vote = (unsigned)atol(value);
    else if (!strcmp(name, "--earlier-ballots")) parse_earlier_ballots(value);
    else if (!strcmp(name, "--voters")) workload.voters = (unsigned)atoi(value);
    else if (!strcmp(name, "--round")) workload.round = atoi(value);
    else if (!strcmp(name, "--windows")) workload.windows = atoi(value);
    else if (!strcmp(name, "--warmup")) workload.warmup = atof(value);
    else if (!strcmp(name, "--seconds")) workload.seconds = atof(value);
    else if (!strcmp(name, "--rate")) workload.loop = OPEN_LOOP, workload.rate = atof(value);
    else if (!strcmp(name, "--loop") && !strcmp(value, "ack")) workload.loop = CLOSED_UNTIL_ACK;
    else if (!strcmp(name, "--loop") && !strcmp(value, "tally")) workload.loop = CLOSED_UNTIL_TALLY;
    else if (!strcmp(name, "--loop") && !strcmp(value, "idle")) workload.loop = IDLE;
    else if (!strcmp(name, "--options")) parse_options(value);
    else fail("there is no option %s with the value %s", name, value);
}

void workload_parse(int count, char **arguments)
{
    for (int i = 1; i + 1 < count; i += 2)
        parse(arguments[i], arguments[i + 1]);
    if (workload.clients < 3 || workload.clients > MAX_CLIENTS ||
        workload.voters > (unsigned)workload.clients)
        fail("--clients is 3 to %d, and --voters at most as many", MAX_CLIENTS);
    if (workload.burst < 0 || workload.burst > workload.clients - 3 ||
        workload.voters > (unsigned)(workload.clients - workload.burst))
        fail("--burst leaves out at least three clients, and all that vote");
    if (!workload.path || !workload.cookies || !workload.port_count)
        fail("--port, --path and --cookies are required");
    if (workload.loop != IDLE && (workload.option_count < 2 || workload.voters < 1))
        fail("voting requires --voters and at least two --options");
    for (unsigned i = 0; i < workload.option_count; i++)
        if (strlen(workload.options[i]) > MAX_ID)
            fail("an option's id has at most %d characters", MAX_ID);
    if (workload.loop == OPEN_LOOP && !(workload.rate > 0 && workload.rate <= 100000))
        fail("--rate is above 0 and at most 100000 votes a second");
    if (workload.windows < 1 || workload.windows > MAX_WINDOWS || !(workload.seconds > 0) ||
        !(workload.warmup >= 0) ||
        !(workload.warmup + workload.windows * workload.seconds <= MAX_SECONDS))
        fail("a run has 1 to %d windows and lasts at most %d s", MAX_WINDOWS, MAX_SECONDS);
}
