/*
 * Validation of a User in UpdateUser: types, lengths, allowed values,
 * TimeStamps, read-only members.
 */
#ifndef RULES_H
#define RULES_H

#include "json.h"
#include "refusal.h"

/* The digits of a long: a string, or a number without sign, point and
 * exponent. NULL: neither. */
const char *rules_long(const struct json *value);

/* True for a number that a client that stores doubles can have rounded. */
bool rules_is_inexact(const struct json *value);

/* The length as the service counts it: in UTF-16 units. */
size_t rules_units(const char *text);

/* Changes longs that were sent as numbers to strings. */
void rules_quote_longs(struct json *sent);

/* Validates each value that the stored user does not have; adds an error for
 * each that is invalid. */
void rules_check_values(const struct json *sent, const struct json *stored,
                        struct refusal *refusal);

/* Compares the TimeStamps of User and Address; adds error 209 if one
 * differs. */
void rules_check_stamps(const struct json *sent, const struct json *stored,
                        struct refusal *refusal);

/* Checks that read-only members are unchanged, and that the stored user has
 * each unknown member. A change of a read-only member, and a new unknown one,
 * are doubts; then they are ignored: sent gets the stored members back. */
void rules_keep_read_only(struct json_pool *pool, struct json *sent,
                          const struct json *stored, struct refusal *refusal);

#endif
