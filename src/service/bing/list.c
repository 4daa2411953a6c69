#include "service/bing/list.h"

#include "base/number.h"

const char *bing_list_status(const struct list_call *call)
{
    static const char *const statuses[BING_LIST_PARTS] = {"Active", "Pending",
                                                          "Inactive"};

    return call->deleted ? "Deleted" : statuses[call->part];
}

static bool is_id(const char *text)
{
    int64_t number;

    return text && number_parse_long(text, &number) == 0 && number > 0;
}

const char *bing_list_add_user(struct list_call *call, const char *id,
                               const char *name)
{
    const char *values[] = {id, name, call->customer, bing_list_status(call)};

    if (!is_id(id))
        return "a user without an Id";
    (void)list_call_add(call, values, sizeof(values) / sizeof(values[0]));
    return NULL;
}

const char *bing_list_add_customer(struct list_call *call, const char *id)
{
    if (!is_id(id))
        return "a role without a CustomerId";
    (void)list_call_add(call, &id, 1);
    return NULL;
}
