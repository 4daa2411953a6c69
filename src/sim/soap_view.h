/*
 * A user of the store as a SOAP service shows it, and back again.
 *
 * What a version has stands in its order. Members that no client knows follow
 * the known ones of their parent, as elements with attributes, of this and of
 * foreign namespaces. Members that the version has no place for are not shown.
 */
#ifndef SOAP_VIEW_H
#define SOAP_VIEW_H

#include <stdint.h>

#include "json.h"
#include "refusal.h"
#include "soap_schema.h"
#include "xml.h"

struct soap_view {
    const struct soap_version *version;
    struct json_pool *pool; /* for all that is made */
    uint64_t id;            /* of the user */
    uint64_t draws;         /* chance: what can be said in two ways */
    bool explicit_nil;      /* nil="false" where it may stand */
};

/* Puts the User into parent. */
struct xml *soap_view_user(struct soap_view *view, struct xml *parent,
                           const struct json *user);

/* The User that sent, an element, asks for in place of stored. What the
 * version doesn't show stays. NULL where the service could not read it: *reason
 * (in the pool) says what is wrong. */
struct json *soap_read_user(struct soap_view *view, const struct json *stored,
                            const struct xml *sent, const char **reason);

/* Adds an error for each element that is made from the user's Id and did not
 * come back as it is. */
void soap_check_generated(struct soap_view *view, const struct xml *sent,
                          struct refusal *refusal);

/* --- for both directions ------------------------------------------------ */

/* True where the store's member has a place in the schema, if not in every
 * version. */
bool soap_is_known(const struct soap_part *parts, const char *name);

/* A member that has none; the same element each time, so that one that comes
 * back can be compared with it. */
struct xml *soap_view_unknown(struct soap_view *view,
                              const struct soap_part *parts,
                              const struct json *member);

/* A member that is not what the schema says, shown as if it were unknown. */
struct xml *soap_view_mismatch(struct soap_view *view, struct xml *parent,
                               const struct json *member);

/* True where the schema's element can show the value, which is not null. */
bool soap_fits(const struct soap_part *part, const struct json *value);

/* The text of a string, number or truth value, without what XML can't hold. */
const char *soap_view_text(struct soap_view *view, const struct json *value);

/* The key (0) or the value (1) of an entry of ForwardCompatibilityMap. */
const struct json *soap_pair(const struct json *entry, int which);

/* The value of an element that is made from the user's Id; NULL: it has
 * none. */
const char *soap_generated(const struct soap_view *view,
                           const struct soap_part *part);

#endif
