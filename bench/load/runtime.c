#include "runtime.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void fail(const char *format, ...)
{
    va_list arguments;
    char text[512], safe[512];
    size_t length = 0;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *at = text; *at; at++)
        safe[length++] = *at == '"' || *at == '\\' || (unsigned char)*at < ' ' ? '\'' : *at;
    printf("{\"failed\": \"%.*s\"}\n", (int)length, safe);
    exit(1);
}

void *resize(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (memory == NULL)
        fail("the load generator has run out of memory");
    return memory;
}

double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}
