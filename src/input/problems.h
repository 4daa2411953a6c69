/*
 * The problems of a header, which are reported in one message. Pure.
 */
#ifndef INPUT_PROBLEMS_H
#define INPUT_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Zeroed at first. */
struct problems {
    struct error only; /* the whole message, if there is one problem */
    unsigned count;
    unsigned unlisted; /* of them, those without room in the list */
    bool unknown;      /* is one of them an unknown column? */
    size_t len;
    char list[ERROR_TEXT_SIZE - 500]; /* leaves room for names and advice */
};

/* Adds a problem: the message if it is the only one, and the format for a list.
 */
void problems_add(struct problems *problems, const struct error *only,
                  const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails with the message, as ERROR_INPUT; there must be a problem. Returns -1.
 */
int problems_refuse(const struct problems *problems, const char *input,
                    struct error *error);

#endif
