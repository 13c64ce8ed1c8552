/* Latency percentiles, printed as one JSON line. */
#ifndef LATENCY_H
#define LATENCY_H

/* `edges` are the times at which windows begin and end, one more than there are windows. */
void report_latency(const double *edges);

#endif
