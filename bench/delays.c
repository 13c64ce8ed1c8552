#include "load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_delays(const char *name, double *delays, size_t count)
{
    const double shares[] = {0.5, 0.95, 0.99, 1};
    const char *names[] = {"p50", "p95", "p99", "max"};
    qsort(delays, count, sizeof *delays, by_size);
    printf(", \"%s\": {", name);
    for (int i = 0; i < 4 && count > 0; i++)
        printf("%s\"%s\": %.3f", i ? ", " : "", names[i],
               1000 * delays[(size_t)ceil(shares[i] * (double)count) - 1]);
    printf("}");
}

/* When an observer first saw a tally with this position in it. */
static double seen_at(int whose, long seq)
{
    size_t low = 0, high = observed[whose].count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (observed[whose].at[middle].seq >= seq)
            high = middle;
        else
            low = middle + 1;
    }
    return observed[whose].at[low].at; /* all have settled, so there is one */
}

static void report_window(double begin, double end)
{
    size_t acks = 0, sights = 0;
    double *ack = claim(NULL, (counts.sent + 1) * sizeof *ack);
    double *screen = claim(NULL, (counts.sent + 1) * OBSERVERS * sizeof *screen);
    for (unsigned i = 0; i < counts.sent; i++) {
        if (votes[i].sent < begin || votes[i].sent >= end)
            continue;
        ack[acks++] = votes[i].acked - votes[i].sent;
        for (int o = 0; o < OBSERVERS; o++)
            if (votes[i].client != (unsigned)observer(o))
                screen[sights++] = seen_at(o, votes[i].seq) - votes[i].sent;
    }
    printf("{\"votes\": %zu", acks);
    print_delays("ack", ack, acks);
    print_delays("screen", screen, sights);
    printf("}");
    free(ack);
    free(screen);
}

/* From the moment in which somebody of the crowd came to the welcome. */
static void report_arrivals(void)
{
    double *waits = claim(NULL, ((size_t)plan.crowd + 1) * sizeof *waits);
    const struct client *first = clients + plan.clients - plan.crowd;
    for (int i = 0; i < plan.crowd; i++)
        waits[i] = first[i].welcomed - first[i].came;
    print_delays("welcome", waits, (size_t)plan.crowd);
    free(waits);
}

void report_delays(const double *edges)
{
    printf("{\"frames\": %lu, \"votes\": %u, \"tally_bytes\": %zu", counts.frames, counts.sent,
           clients[0].tally_length);
    report_arrivals();
    printf(", \"windows\": [");
    for (int i = 0; i < plan.windows; i++) {
        printf("%s", i ? ", " : "");
        report_window(edges[i], edges[i + 1]);
    }
    printf("]}\n");
}
