/* The clock, memory, and the one way to end a run early. */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <stddef.h>

/* Report the failure as a JSON line on standard output, and exit with status 1. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Like `realloc`, but never returns NULL. */
void *resize(void *memory, size_t bytes);

/* The monotonic clock, in seconds. */
double now(void);

#endif
