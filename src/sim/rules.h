/*
 * Validation of a User in UpdateUser: types, lengths, allowed values,
 * TimeStamps, read-only members.
 */
#ifndef RULES_H
#define RULES_H

#include "json.h"
#include "refusal.h"

/* The digits of a long: a string, or a number up to 2^53, which a client
 * that stores doubles cannot have rounded. NULL: neither. */
const char *rules_long(const struct json *value);

/* The length as the service counts it: in UTF-16 units. */
size_t rules_units(const char *text);

/* True for the two-letter code of a country or region that the service
 * knows. */
bool rules_is_country(const char *text);

/* Changes longs that were sent as numbers to strings. */
void rules_quote_longs(struct json *sent);

/* Validates each value; adds an error for each that is invalid. */
void rules_check_values(const struct json *sent, struct refusal *refusal);

/* Compares the TimeStamps of User and Address; adds error 209 if one
 * differs. */
void rules_check_stamps(const struct json *sent, const struct json *stored,
                        struct refusal *refusal);

/* Checks that read-only members are unchanged, and that the stored user has
 * each unknown member. */
void rules_check_unchanged(const struct json *sent, const struct json *stored,
                           struct refusal *refusal);

#endif
