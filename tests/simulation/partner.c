#include "partner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_CONTENT          204
#define PRECONDITION_FAILED 412

unsigned partner_id_number(const char *id)
{
    return strlen(id) >= 36 ? (unsigned)strtoul(id + 24, NULL, 10) : 0;
}

unsigned partner_find_id(const char *request)
{
    const char *id = strstr(request, "/users/");

    return id ? partner_id_number(id + strlen("/users/")) : 0;
}

void partner_get(const struct model *model, unsigned user,
                 const struct model_version *version,
                 struct model_response *response)
{
    char etag[48] = "";

    if (!model->schedule->no_etags)
        (void)snprintf(etag, sizeof(etag), "\"etag\":\"E%" PRId64 "\",",
                       version->stamp);
    response->status = 200;
    (void)snprintf(response->body, MODEL_BODY,
                   "{\"id\":\"" PARTNER_ID "\",\"firstName\":\"%s\","
                   "\"lastName\":\"%s\",\"userDomainType\":\"%s\","
                   "\"attributes\":{%s\"objectType\":\"CustomerUser\"}}",
                   MODEL_FIRST_ID + user, version->fields.city,
                   version->fields.title, version->fields.name, etag);
}

/* Copies what follows the name in the request, up to one of the characters. */
static bool take(const char *request, const char *name, const char *ends,
                 char *value, size_t size)
{
    const char *at = strstr(request, name);
    size_t len;

    *value = '\0';
    if (!at)
        return false;
    at += strlen(name);
    len = strcspn(at, ends);
    if (len >= size)
        abort();
    memcpy(value, at, len);
    value[len] = '\0';
    return true;
}

static bool was_applied(const struct model *model,
                        const struct model_write *write)
{
    for (unsigned i = 0; i < model->write_count; i++)
        if (model->writes[i].user == write->user && model->writes[i].ours &&
            strcmp(model->writes[i].request_id, write->request_id) == 0)
            return true;
    return false;
}

bool partner_take_update(const struct model *model, const char *request,
                         struct model_write *write,
                         struct model_response *response)
{
    const struct model_version *current = model_current(model, write->user);
    char etag[40], expected[40], value[MODEL_VALUE];

    if (!take(request, "MS-RequestId: ", "\n", write->request_id,
              sizeof(write->request_id)))
        abort();
    if (was_applied(model, write)) {
        partner_get(model, write->user, current, response);
        return false;
    }
    (void)take(request, "If-Match: ", "\n", etag, sizeof(etag));
    *expected = '\0';
    if (!model->schedule->no_etags)
        (void)snprintf(expected, sizeof(expected), "\"E%" PRId64 "\"",
                       current->stamp);
    if (strcmp(etag, expected) != 0) {
        model_fail(response, PRECONDITION_FAILED, 2055, "EtagOutOfDate");
        return false;
    }
    write->sent = current->fields;
    if (take(request, "\"firstName\":\"", "\"", value, sizeof(value)))
        memcpy(write->sent.city, value, sizeof(value));
    if (take(request, "\"lastName\":\"", "\"", value, sizeof(value)))
        memcpy(write->sent.title, value, sizeof(value));
    return true;
}

/* Every fourth response is empty. */
void partner_put_updated(const struct model *model,
                         const struct model_write *write,
                         struct model_response *response)
{
    const struct model_version *current = model_current(model, write->user);

    partner_get(model, write->user, current, response);
    if (current->stamp % 4 > 0)
        return;
    response->status = NO_CONTENT;
    response->body[0] = '\0';
}
