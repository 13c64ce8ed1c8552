/* Just as much JSON as it takes to check what a server says: one field of one object. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

struct span {
    const char *at;
    size_t length;
};

/* Find a field of the object itself, not of what is nested in it. The value is given as it
 * is written; the length of a span that was not found is 0. */
struct span json_field(struct span object, const char *name);

/* Whether a value is this string. */
int json_is(struct span value, const char *text);

/* A whole number that is not negative; -1 for anything else. */
long json_number(struct span value);

#endif
