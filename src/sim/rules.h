/*
 * What the service demands of a User that is to replace another: types,
 * lengths in UTF-16 units, value sets, TimeStamps, read-only members.
 */
#ifndef RULES_H
#define RULES_H

#include "json.h"
#include "refusal.h"

/* The digits of a long: a string, or a number that a client which stores
 * doubles can't have spoilt, up to 2^53. NULL where it is neither. */
const char *rules_long(const struct json *value);

/* The length as the service counts: UTF-16 units. */
size_t rules_units(const char *text);

/* Two letters that are the code of a country or region the service knows. */
bool rules_is_country(const char *text);

/* Makes strings of the longs that came as such numbers. */
void rules_quote_longs(struct json *sent);

/* Checks the members of sent by themselves; adds an error for each bad one. */
void rules_check_values(const struct json *sent, struct refusal *refusal);

/* Checks the TimeStamps of User and Address; adds 209 where one differs. */
void rules_check_stamps(const struct json *sent, const struct json *stored,
                        struct refusal *refusal);

/* Checks that what only the service sets is as stored, and that there is no
 * member that neither the service nor the stored user knows. */
void rules_check_unchanged(const struct json *sent, const struct json *stored,
                           struct refusal *refusal);

#endif
