/*
 * What an error of Redis means for a shared budget.
 */
#ifndef NET_REDIS_ERROR_H
#define NET_REDIS_ERROR_H

#include <stdbool.h>

#include "net/budget_store.h"

/* The name of a budget without a rate; see redis_script.h. */
#define REDIS_NO_RATE "none"

/* Judges the text of an error reply; auth: to the command AUTH. BUDGET_REJECTED
 * with ERROR_USAGE, whose text says what to correct; or BUDGET_LOST with the
 * text of Redis if it may end by itself. */
enum budget_event redis_error_judge(const struct budget_place *place, bool auth,
                                    const char *text, struct error *error);

#endif
