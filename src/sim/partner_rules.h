/*
 * What Partner Center demands of the body of a PATCH, for one who sends only
 * what changes. Lengths are those of the directory behind it.
 */
#ifndef PARTNER_RULES_H
#define PARTNER_RULES_H

#include "json.h"
#include "refusal.h"

/* Checks the body by itself: an error for each bad member, and -1. body NULL:
 * it is no JSON, for the reason parse_error. */
int partner_rules_check_body(const struct json *body, const char *parse_error,
                             struct refusal *refusal);

/* Checks that each member differs from the one stored, where null, absent and
 * empty are the same: an error for each that doesn't, and -1. The service may
 * overlook that, a test should not. */
int partner_rules_check_changes(const struct json *body,
                                const struct json *stored,
                                struct refusal *refusal);

/* True for a member of a body that the user's document takes over: all but
 * passwords, and what just says what the body is. */
bool partner_rules_is_stored(const char *name);

#endif
