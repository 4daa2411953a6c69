/*
 * The functions that set an option, for the table of options. Each has a
 * section for the file that it is in.
 */
#ifndef CLI_OPTION_SET_H
#define CLI_OPTION_SET_H

#include "cli/option_spec.h"

/* ---- option_set.c: options of a kind ---- */

/* The member of options that the option sets. */
void *option_set_member(struct options *options,
                        const struct option_spec *spec);

/* To true. */
option_set_fn option_set_flag;

/* To any text but "". */
option_set_fn option_set_text;

/* To a whole number from min to max. */
option_set_fn option_set_number;

/* To the number, 0 or 1, of one of the two words. */
option_set_fn option_set_word;

/* To the choice of the table. Two modes cannot be combined. */
option_set_fn option_set_mode;
option_set_fn option_set_action;
option_set_fn option_set_completion;

option_set_fn option_set_log_level;

/* ---- option_set_columns.c: columns of INPUT ---- */

option_set_fn option_set_clear_token;
option_set_fn option_set_delimiter;

/* These options can be repeated. */
option_set_fn option_add_allow;
option_set_fn option_add_ignore;
option_set_fn option_add_map;
option_set_fn option_add_where;

/* ---- option_set_service.c: service and sign-in ---- */

option_set_fn option_set_api;
option_set_fn option_set_endpoint;
option_set_fn option_set_ping;
option_set_fn option_set_proxy;
option_set_fn option_set_tenant;

/* ---- option_set_flow.c: how fast, and when the run stops ---- */

option_set_fn option_set_budget;
option_set_fn option_set_fail_fast;
option_set_fn option_set_give_up;
option_set_fn option_set_limit;
option_set_fn option_set_max_changes;
option_set_fn option_set_max_duration;
option_set_fn option_set_max_errors;
option_set_fn option_set_rate;
option_set_fn option_set_shard;
option_set_fn option_set_skip;
option_set_fn option_set_until;

#endif
