/* As much JSON as it takes to check a server's messages: one field of one object. */
#ifndef JSON_H
#define JSON_H

#include <stddef.h>

struct span {
    const char *at;
    size_t length;
};

/* Find a field of the object itself, not of an object nested in it. Returns the value as written,
 * or a span of length 0 if there is no such field. */
struct span json_field(struct span object, const char *name);

/* Whether a value is this string. */
int json_is(struct span value, const char *text);

/* The value of a whole number that is not negative; -1 for anything else. */
long json_number(struct span value);

#endif
