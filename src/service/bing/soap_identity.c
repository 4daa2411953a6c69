#include "base/xml.h"
#include "service/bing/identity.h"
#include "service/bing/soap_envelope.h"
#include "service/bing/soap_response.h"

static int build(const struct call_context *context,
                 struct http_request *request)
{
    return soap_build_get(context, NULL, request);
}

static void set_user(struct identity *identity, const struct xml_node *user,
                     const char *space)
{
    const struct xml_node *name = xml_child(user, space, "Name");
    const struct bing_person person = {
        .id = xml_text(xml_child(user, space, "Id")),
        .user_name = xml_text(xml_child(user, space, "UserName")),
        .first_name = xml_text(xml_child(name, space, "FirstName")),
        .last_name = xml_text(xml_child(name, space, "LastName"))};

    bing_identity_set_user(identity, &person);
}

static int add_roles(struct identity *identity, struct xml *document,
                     const struct xml_node *roles, const char *space)
{
    const struct xml_node *role = roles ? xml_first(roles) : NULL;

    for (; role; role = xml_next(role))
        if (bing_identity_add_role(
                identity,
                xml_value(document, xml_child(role, space, "CustomerId")),
                xml_value(document, xml_child(role, space, "RoleId"))))
            return -1;
    return 0;
}

static int parse(const struct call_context *context,
                 const struct http_response *response,
                 struct identity *identity, struct api_error *api_error)
{
    const struct soap_version *version = context->service->version;
    const struct xml_node *user;
    struct xml_node *found;
    struct xml *document = soap_parse_response(
        context, response, "GetUserResponse", &found, api_error);
    int result = -1;

    *identity = (struct identity){.customers = NULL};
    if (!document)
        return -1;
    user = xml_child(found, version->space, "User");
    if (!user || xml_is_nil(user)) {
        api_error_init_unexpected(api_error, response,
                                  "a SOAP envelope without a User");
    } else {
        set_user(identity, user, version->entities);
        result = add_roles(identity, document,
                           xml_child(found, version->space, "CustomerRoles"),
                           version->entities);
        if (result)
            api_error_set_memory(api_error);
    }
    xml_free(document);
    return result;
}

const struct identity_service bing_soap_identity = {.build = build,
                                                    .parse = parse};
