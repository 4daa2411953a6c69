/*
 * The rules for reading INPUT. All pointers are borrowed.
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
    /* Values that may look damaged: a column, and a value or NULL for all. */
    const struct name_pair *allows;
    size_t allow_count;
    const char *tenant; /* of rows without a tenant; NULL: there is none */
    bool ignore_guards; /* guard columns are not read */
    bool ids_only;      /* only the columns that identify the user are read */
    bool offline;    /* no user is fetched, to compare doubtful values with */
    unsigned shard;  /* of shards, counted from 0 */
    unsigned shards; /* 1: all rows */
};

#endif
