/*
 * Validation of the body of a PATCH, which contains changes only. The lengths
 * are those of Microsoft Entra ID.
 */
#ifndef PARTNER_RULES_H
#define PARTNER_RULES_H

#include "json.h"
#include "refusal.h"

/* Validates the body. Adds an error for each invalid member and returns -1.
 * body NULL: it is not JSON; parse_error says why. Otherwise its members get
 * their usual names, and those without an effect are removed. null_keeps: a
 * null clears nothing. */
int partner_rules_read_body(struct json *body, const char *parse_error,
                            bool null_keeps, struct refusal *refusal);

/* Checks that each member differs from the stored one; null, absent and
 * empty are equal. Adds a doubt for each that does not. -1: there is an
 * error. */
int partner_rules_check_changes(const struct json *body,
                                const struct json *stored,
                                struct refusal *refusal);

/* True for members whose value becomes that of the stored user. */
bool partner_rules_is_stored(const char *name);

#endif
