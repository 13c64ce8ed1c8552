#include "json.h"

#include <string.h>

static const char *skip_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* From an opening quote to just after the closing one; NULL if there is none. */
static const char *skip_string(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '"')
            return at + 1;
    }
    return NULL;
}

/* To just after a value of any kind; NULL if it does not end. */
static const char *skip_value(const char *at, const char *end)
{
    int depth = 0;
    while (at && at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            if (depth == 0)
                return at;
            depth--;
            at++;
        } else if (*at == ',' && depth == 0) {
            return at;
        } else {
            at++;
        }
    }
    return at && depth == 0 ? at : NULL;
}

struct span json_field(struct span object, const char *name)
{
    const struct span none = {NULL, 0};
    const char *at = object.at, *end = object.at + object.length;
    size_t length = strlen(name);
    if (object.length < 2 || *at != '{' || end[-1] != '}')
        return none;
    for (end--, at++; (at = skip_blank(at, end)) < end && *at == '"'; at++) {
        const char *key = at + 1;
        if ((at = skip_string(at, end)) == NULL)
            return none;
        int found = (size_t)(at - 1 - key) == length && memcmp(key, name, length) == 0;
        at = skip_blank(at, end);
        if (at == end || *at != ':')
            return none;
        const char *value = skip_blank(at + 1, end);
        at = skip_value(value, end);
        if (at == NULL)
            return none;
        if (found)
            return (struct span){value, (size_t)(at - value)};
    }
    return none;
}

int json_is(struct span value, const char *text)
{
    size_t length = strlen(text);
    return value.length == length + 2 && value.at[0] == '"' &&
           memcmp(value.at + 1, text, length) == 0;
}

long json_number(struct span value)
{
    long number = 0;
    if (value.length == 0 || value.length > 15)
        return -1;
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return -1;
        number = 10 * number + (value.at[i] - '0');
    }
    return number;
}
