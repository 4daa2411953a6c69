/*
 * How the rows of INPUT are to be read. Borrowed from the command line.
 */
#ifndef INPUT_RULES_H
#define INPUT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/name_pair.h"
#include "service/service.h"

struct input_rules {
    const struct service *service;
    char delimiter;
    const char *clear_token;
    const struct name_pair *maps; /* a name in INPUT, and the column it means */
    size_t map_count;
    const char *const *ignores; /* columns of INPUT that are not read */
    size_t ignore_count;
    const char *tenant; /* of rows that name none; NULL: there is no such */
    bool ignore_guards; /* guard columns are not read */
    bool ids_only;      /* no column but those that identify the user is */
    unsigned shard;     /* of shards, counted from 0 */
    unsigned shards;    /* 1: all rows */
};

#endif
