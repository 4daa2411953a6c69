/*
 * Several problems in one message. Pure.
 */
#ifndef CLI_PROBLEM_LIST_H
#define CLI_PROBLEM_LIST_H

#include <stddef.h>

#include "base/error.h"

struct problem_list {
    unsigned count;
    unsigned unlisted; /* of them, those without room */
    size_t len;
    char text[ERROR_TEXT_SIZE - 100]; /* separated by "; " */
};

void problem_list_init(struct problem_list *list);

/* Adds a problem: where it is, what is wrong, and what to do. */
void problem_list_add(struct problem_list *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Returns 0 if there is no problem; else -1 with all of them as ERROR_USAGE. */
int problem_list_check(const struct problem_list *list, struct error *error);

#endif
