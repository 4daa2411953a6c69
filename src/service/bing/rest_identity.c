#include "base/json.h"
#include "service/bing/identity.h"
#include "service/bing/rest.h"

static int build(const struct call_context *context,
                 struct http_request *request)
{
    (void)context;
    request->method = HTTP_POST;
    request->once = false;
    return buffer_puts(&request->path, "/CustomerManagement/v13/User/Query") ||
                   buffer_puts(&request->body, "{\"UserId\":null}")
               ? -1
               : 0;
}

static const char *text_of(const struct cJSON *object, const char *name)
{
    return json_text(json_member(object, name));
}

static void set_user(struct identity *identity, const struct cJSON *user)
{
    const struct cJSON *name = json_member(user, "Name");
    const struct bing_person person = {.id = text_of(user, "Id"),
                                       .user_name = text_of(user, "UserName"),
                                       .first_name = text_of(name, "FirstName"),
                                       .last_name = text_of(name, "LastName")};

    bing_identity_set_user(identity, &person);
}

static int add_roles(struct identity *identity, const struct cJSON *roles)
{
    const struct cJSON *role = json_is_array(roles) ? json_first(roles) : NULL;

    for (; role; role = json_next(role))
        if (bing_identity_add_role(identity, text_of(role, "CustomerId"),
                                   text_of(role, "RoleId")))
            return -1;
    return 0;
}

static int parse(const struct call_context *context,
                 const struct http_response *response,
                 struct identity *identity, struct api_error *api_error)
{
    struct cJSON *document =
        json_user_parse(response, "\"User\"", rest_parse_errors, api_error);
    const struct cJSON *user = json_member(document, "User");
    int result = -1;

    (void)context;
    *identity = (struct identity){.customers = NULL};
    if (!document)
        return -1;
    if (!json_is_object(user)) {
        api_error_init_unexpected(api_error, response, "JSON without a User");
    } else {
        set_user(identity, user);
        result = add_roles(identity, json_member(document, "CustomerRoles"));
        if (result)
            api_error_set_memory(api_error);
    }
    json_free(document);
    return result;
}

const struct identity_service bing_rest_identity = {.build = build,
                                                    .parse = parse};
