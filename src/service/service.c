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
