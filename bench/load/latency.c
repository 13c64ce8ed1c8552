#include "latency.h"

#include "checks.h"
#include "runtime.h"
#include "workload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_percentiles(const char *name, double *seconds, size_t count)
{
    const double quantiles[] = {0.5, 0.95, 0.99, 1};
    const char *names[] = {"p50", "p95", "p99", "max"};
    qsort(seconds, count, sizeof *seconds, compare_doubles);
    printf(", \"%s\": {", name);
    for (int i = 0; i < 4 && count > 0; i++)
        printf("%s\"%s\": %.3f", i ? ", " : "", names[i],
               1000 * seconds[(size_t)ceil(quantiles[i] * (double)count) - 1]);
    printf("}");
}

/* When an observer first received a tally that includes this position. */
static double delivered_at(int number, long seq)
{
    size_t low = 0, high = deliveries[number].count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (deliveries[number].list[middle].seq >= seq)
            high = middle;
        else
            low = middle + 1;
    }
    return deliveries[number].list[low].at; /* exists, because everything has settled */
}

static void report_window(double begin, double end)
{
    size_t acked = 0, delivered = 0;
    double *ack = resize(NULL, (counters.votes_sent + 1) * sizeof *ack);
    double *delivery = resize(NULL, (counters.votes_sent + 1) * OBSERVERS * sizeof *delivery);
    for (unsigned i = 0; i < counters.votes_sent; i++) {
        if (votes[i].sent_at < begin || votes[i].sent_at >= end)
            continue;
        ack[acked++] = votes[i].acked_at - votes[i].sent_at;
        for (int o = 0; o < OBSERVERS; o++)
            if (votes[i].client != (unsigned)observer(o))
                delivery[delivered++] = delivered_at(o, votes[i].seq) - votes[i].sent_at;
    }
    printf("{\"votes\": %zu", acked);
    print_percentiles("ack", ack, acked);
    print_percentiles("delivery", delivery, delivered);
    printf("}");
    free(ack);
    free(delivery);
}

/* From the start of each connection of the burst to its welcome. */
static void report_burst(void)
{
    double *waits = resize(NULL, ((size_t)workload.burst + 1) * sizeof *waits);
    const struct client *first = clients + workload.clients - workload.burst;
    for (int i = 0; i < workload.burst; i++)
        waits[i] = first[i].welcomed_at - first[i].started_at;
    print_percentiles("welcome", waits, (size_t)workload.burst);
    free(waits);
}

void report_latency(const double *edges)
{
    printf("{\"frames\": %lu, \"votes\": %u, \"tally_bytes\": %zu", counters.frames,
           counters.votes_sent, clients[0].tally_length);
    report_burst();
    printf(", \"windows\": [");
    for (int i = 0; i < workload.windows; i++) {
        printf("%s", i ? ", " : "");
        report_window(edges[i], edges[i + 1]);
    }
    printf("]}\n");
}
