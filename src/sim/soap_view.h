/*
 * A stored user as XML, and back.
 *
 * The elements of a version are in its order. Members that no client knows
 * follow the known ones of their parent. They have attributes, and namespaces
 * of this version or others. Members that the version does not have are not
 * shown.
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
    struct json_pool *pool; /* owns everything that is created */
    uint64_t id;            /* number of the user */
    uint64_t draws;         /* random choices so far; for the form */
    bool explicit_nil;      /* nil="false" on elements that are not nil */
};

/* Appends the User to parent and returns it. */
struct xml *soap_view_user(struct soap_view *view, struct xml *parent,
                           const struct json *user);

/* Returns the User after an update of stored with the element sent. Members
 * that the version does not show stay. NULL: the service cannot read sent;
 * *reason (in the pool) says why, or refusal has an error because of a
 * doubt. */
struct json *soap_read_user(struct soap_view *view, const struct json *stored,
                            const struct xml *sent, struct refusal *refusal,
                            const char **reason);

/* Adds a doubt for each element that is generated from the Id and was not sent
 * back unchanged. */
void soap_check_generated(struct soap_view *view, const struct xml *sent,
                          struct refusal *refusal);

/* --- shared by both directions -------------------------------------------- */

/* True if some version has an element for the stored member. */
bool soap_is_known(const struct soap_part *parts, const char *name);

/* The element of an unknown member. It depends only on name and value, so
 * that one that is sent back can be compared with it. */
struct xml *soap_view_unknown(struct soap_view *view,
                              const struct soap_part *parts,
                              const struct json *member);

/* The element of a known member whose type the schema does not allow. It has
 * the form of an unknown one. */
struct xml *soap_view_mismatch(struct soap_view *view, struct xml *parent,
                               const struct json *member);

/* True if the schema's element can contain the value, which is not null. */
bool soap_fits(const struct soap_part *part, const struct json *value);

/* The text of a string, number or boolean; U+FFFD replaces characters that
 * XML cannot contain. */
const char *soap_view_text(struct soap_view *view, const struct json *value);

/* The key (which: 0) or the value (1) of an entry in ForwardCompatibilityMap.
 */
const struct json *soap_pair(const struct json *entry, int which);

/* The value of an element that is generated from the user's Id; NULL: nil. */
const char *soap_generated(const struct soap_view *view,
                           const struct soap_part *part);

#endif
