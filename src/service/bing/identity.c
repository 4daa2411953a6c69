#include "service/bing/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

/* Only two roles may call UpdateUser (the service's reference of UpdateUser).
 */
static const struct role {
    int64_t number;
    const char *name;
    bool updates;
} roles[] = {
    {16, "Advertiser Campaign Manager", false},
    {33, "Aggregator", false},
    {41, "Super Admin", true},
    {100, "Viewer", false},
    {203, "Standard", true},
};

static const struct role *find_role(const char *text)
{
    int64_t number;

    if (!text || number_parse_long(text, &number))
        return NULL;
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (roles[i].number == number)
            return &roles[i];
    return NULL;
}

void bing_identity_set_user(struct identity *identity,
                            const struct bing_person *person)
{
    const char *first = person->first_name ? person->first_name : "";
    const char *last = person->last_name ? person->last_name : "";
    char name[IDENTITY_TEXT_SIZE];

    (void)snprintf(name, sizeof(name), "%.150s%s%.150s", first,
                   *first && *last ? " " : "", last);
    (void)utf8_clean(identity->name, sizeof(identity->name), name);
    (void)utf8_clean(identity->user, sizeof(identity->user), person->user_name);
    (void)utf8_clean(identity->id, sizeof(identity->id), person->id);
}

int bing_identity_add_role(struct identity *identity, const char *customer,
                           const char *role)
{
    const struct role *known = find_role(role);
    struct identity_customer *place;
    char number[64];

    if (identity_add(identity, &place))
        return -1;
    if (!known || known->updates)
        identity->updates = true;
    if (!place)
        return 0;
    (void)snprintf(number, sizeof(number), "role %.32s", role ? role : "?");
    (void)utf8_clean(place->id, sizeof(place->id), customer);
    (void)utf8_clean(place->role, sizeof(place->role),
                     known ? known->name : number);
    place->reads_only = known && !known->updates;
    return 0;
}
