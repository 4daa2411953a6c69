/*
 * The rules for reading INPUT. All pointers are borrowed.
 */
#ifndef INPUT_RULES_H
#define INPUT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/name_pair.h"
#include "service/service.h"

struct input_rules {
    const struct service *service;
    const char *encoding; /* as iconv(3) names it; NULL: UTF-8, or UTF-16 if the
                             file says so */
    char delimiter;       /* NUL: the one with which the header names the Id */
    unsigned skip_lines;  /* before the header */
    bool ignore_unknown;  /* columns with unknown names are not read */
    const char *clear_token;
    const struct name_pair *maps; /* a name in INPUT, and the column it means */
    size_t map_count;
    bool maps_optional;         /* INPUT need not have these columns */
    const char *const *ignores; /* columns of INPUT that are not read */
    size_t ignore_count;
    bool ignores_optional;
    /* Values that may look damaged: a column, and a value or NULL for all. */
    const struct name_pair *allows;
    size_t allow_count;
    const char *tenant;   /* of rows without a tenant; NULL: there is none */
    bool ignore_guards;   /* guard columns are not read */
    bool ignore_versions; /* nor guards that change with every update */
    bool ids_only;        /* only the columns that identify the user are read */
    bool by_name;         /* the user's name identifies the user, and no Id or
                             tenant is needed */
    bool offline;  /* no user is fetched, to compare doubtful values with */
    uint64_t skip; /* rows from the start that are not selected */
    const struct name_pair *wheres; /* a column of INPUT, and the text of its
                                       cell in all rows that are selected */
    size_t where_count;             /* at most INPUT_MAX_WHERES */
    unsigned shard;                 /* of shards, counted from 0 */
    unsigned shards;                /* 1: all rows */
    const char *shard_by; /* a column of INPUT: rows with an equal value are in
                             one shard; NULL: the tenant, or else the Id */
};

/* Refuses, as ERROR_USAGE, a rule that maps a name to an unknown column, or
 * allows suspicious values of one. */
int input_rules_check(const struct input_rules *rules, struct error *error);

#endif
