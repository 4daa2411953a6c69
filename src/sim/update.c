#include "update.h"

#include "rules.h"

/* The service ignores BusinessName: the stored value stays. */
static void keep_business_name(struct json_pool *pool, struct json *sent,
                               const struct json *stored)
{
    struct json *to = json_object(json_object(sent, "ContactInfo"), "Address");
    const struct json *from =
        json_object(json_object(stored, "ContactInfo"), "Address");
    const struct json *value = json_member(from, "BusinessName");

    if (to == NULL)
        return;
    if (value != NULL)
        json_set(pool, to, "BusinessName", json_copy(pool, value));
    else
        json_remove(to, "BusinessName");
}

static void keep_map(struct json_pool *pool, struct json *sent,
                     const struct json *stored)
{
    static const char name[] = "ForwardCompatibilityMap";
    const struct json *value = json_member(stored, name);

    if (value != NULL && json_member(sent, name) == NULL)
        json_append(pool, sent, name, json_copy(pool, value));
}

void update_user(struct store *store, struct json_pool *pool, uint64_t id,
                 struct json *sent, bool apply, char *time,
                 struct refusal *refusal)
{
    struct json *stored = store_parse(store, pool, id);

    rules_check_values(sent, stored, refusal);
    rules_quote_longs(sent);
    /* A stale version differs in read-only members too; 209 takes
     * precedence. */
    if (refusal->count == 0)
        rules_check_stamps(sent, stored, refusal);
    if (refusal->count == 0)
        rules_keep_read_only(pool, sent, stored, refusal);
    if (refusal->count > 0)
        return;
    store_next_time(stored, time);
    if (!apply)
        return;
    keep_business_name(pool, sent, stored);
    keep_map(pool, sent, stored);
    store_write(store, pool, id, sent, time);
}
