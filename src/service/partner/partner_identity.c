#include "service/partner/identity.h"

#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"
#include "service/partner/errors.h"
#include "service/partner/partner.h"

static int build(const struct call_context *context,
                 struct http_request *request)
{
    request->method = HTTP_GET;
    request->once = true; /* its ids are of one call */
    return buffer_puts(&request->path, "/v1/customers?size=20") ||
                   partner_put_ids(context, request)
               ? -1
               : 0;
}

static const char *text_of(const struct cJSON *object, const char *name)
{
    return json_text(json_member(object, name));
}

static int add_customers(struct identity *identity, const struct cJSON *items)
{
    const struct cJSON *item = json_first(items);
    struct identity_customer *place;

    for (; item; item = json_next(item)) {
        const struct cJSON *profile = json_member(item, "companyProfile");

        if (identity_add(identity, &place))
            return -1;
        if (!place)
            continue;
        (void)utf8_clean(place->id, sizeof(place->id), text_of(item, "id"));
        (void)utf8_clean(place->name, sizeof(place->name),
                         text_of(profile, "companyName"));
    }
    return 0;
}

static void take_total(struct identity *identity, const struct cJSON *document)
{
    const char *text = text_of(document, "totalCount");
    int64_t total;

    if (text && number_parse_long(text, &total) == 0 && total > 0 &&
        (uint64_t)total > identity->total)
        identity->total = (uint64_t)total;
}

static int parse(const struct call_context *context,
                 const struct http_response *response,
                 struct identity *identity, struct api_error *api_error)
{
    struct cJSON *document =
        json_user_parse(response, "\"items\"", partner_errors_parse, api_error);
    const struct cJSON *items = json_member(document, "items");
    int result = -1;

    (void)context;
    *identity = (struct identity){.updates = true};
    if (!document)
        return -1;
    if (!json_is_array(items)) {
        api_error_init_unexpected(api_error, response, "JSON without items");
    } else {
        result = add_customers(identity, items);
        take_total(identity, document);
        if (result)
            api_error_set_memory(api_error);
    }
    json_free(document);
    return result;
}

const struct identity_service partner_identity = {
    .unknown = "Partner Center has no call that returns the signed-in user",
    .build = build,
    .parse = parse};
