/*
 * Validation of the body of a PATCH, which contains changes only. The lengths
 * are those of Microsoft Entra ID.
 */
#ifndef PARTNER_RULES_H
#define PARTNER_RULES_H

#include "json.h"
#include "refusal.h"

/* Validates the body without the stored user. Adds an error for each invalid
 * member and returns -1. body NULL: it is not JSON; parse_error says why. */
int partner_rules_check_body(const struct json *body, const char *parse_error,
                             struct refusal *refusal);

/* Checks that each member differs from the stored one; null, absent and
 * empty are equal. Adds an error for each that does not, and returns -1. The
 * service may accept them, but a test should not. */
int partner_rules_check_changes(const struct json *body,
                                const struct json *stored,
                                struct refusal *refusal);

/* True for members that are stored in the user's document: all except
 * passwordProfile and attributes. */
bool partner_rules_is_stored(const char *name);

#endif
