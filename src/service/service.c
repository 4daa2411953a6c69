#include "service/service.h"

#include <string.h>

const struct service *const services[] = {&service_rest,     &service_soap_v13,
                                          &service_soap_v12, &service_soap_v11,
                                          &service_partner,  NULL};

const struct service *service_find(const char *name)
{
    for (size_t i = 0; services[i]; i++) {
        if (strcmp(services[i]->name, name) == 0)
            return services[i];
    }
    return NULL;
}

int service_build_list(const struct call_context *context,
                       struct list_call *call, struct http_request *request)
{
    list_call_reset(call);
    return context->service->list->build(context, call, request);
}

int service_parse_list(const struct call_context *context,
                       const struct http_response *response,
                       struct list_call *call, struct api_error *api_error)
{
    return context->service->list->parse(context, response, call, api_error);
}

struct key_parts service_split_key(const char *key)
{
    const char *slash = strchr(key, '/');

    if (!slash)
        return (struct key_parts){.id = key};
    return (struct key_parts){
        .tenant = key, .tenant_len = (size_t)(slash - key), .id = slash + 1};
}
