/*
 * The line with which a run that calls a service begins: what it does, and to
 * whom. Pure.
 */
#ifndef RUN_TARGET_H
#define RUN_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mode.h"

/* Texts are borrowed; NULL: there is none. */
struct target {
    enum mode mode;
    bool resumes;            /* an earlier run, if it is interrupted */
    bool retries;            /* only the rows of a prior result that failed */
    bool counted;            /* the number of rows is known */
    uint64_t rows;           /* that are selected */
    uint64_t retried;        /* of them, with retries */
    const char *service;     /* its title */
    const char *environment; /* NULL: the endpoint is printed */
    const char *endpoint;
    const char *customer_id;
    const char *account_id;
    const char *profile;
    unsigned shard; /* from 0 */
    unsigned shards;
    const char *shard_variable; /* the variable that decided it */
    unsigned rate; /* calls that it may make in rate_window; 0: adaptive */
    unsigned rate_of_all; /* that all shards may make together */
    unsigned rate_window; /* seconds: 1 or 60 */
};

#define TARGET_SIZE 2500 /* bytes; the longest endpoint has 2,000 */

/* "apply 1,204 rows to Bing Ads REST v13, production, customer 123" */
void target_format(char text[TARGET_SIZE], const struct target *target);

#endif
