/*
 * A part of adaptive_limit.h: are calls refused by chance? After a rate was
 * lowered, some calls are sent at a rate that is lower still. If as many of
 * them are refused, the rate was lowered in vain. If only calls of one
 * operation are refused, it is a limit of that operation. Pure.
 */
#ifndef NET_LIMIT_CHANCE_H
#define NET_LIMIT_CHANCE_H

#include "net/limit_state.h"

/* The scope's rate is about to be lowered. share: of the calls that were
 * refused lately. */
void limit_begin_test(struct adaptive_limit *limit, struct limit_scope *scope,
                      double share);

/* During a test a call has ended. */
void limit_count_in_test(struct adaptive_limit *limit,
                         enum limit_operation which, int64_t now,
                         const struct limited_call *call, bool refused);

/* A call has ended that had nothing to do with a test. */
void limit_learn_chance(struct adaptive_limit *limit, bool refused);

/* The last refusals were due to another limit: if a rate was just lowered
 * because of them, it is restored. */
void limit_excuse(struct adaptive_limit *limit);

#endif
