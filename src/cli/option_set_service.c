#include "cli/option_set.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/suggest.h"
#include "cli/option_value.h"
#include "cli/url.h"
#include "service/service.h"

static int refuse_service(const char *value, struct error *error)
{
    char names[200] = "";
    size_t len = 0;
    struct suggestion nearest;

    suggest_init(&nearest, value);
    for (size_t i = 0; services[i] && len < sizeof(names); i++) {
        suggest_offer(&nearest, services[i]->name);
        len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
                                i > 0 ? ", " : "", services[i]->name);
    }
    if (nearest.name)
        return error_set(error, ERROR_USAGE,
                         "--api: unknown service '%s'; did you mean %s?", value,
                         nearest.name);
    return error_set(error, ERROR_USAGE,
                     "--api: unknown service '%s'; the services are: %s", value,
                     names);
}

int option_set_api(struct options *options, const struct option_spec *spec,
                   const char *value, struct error *error)
{
    const struct service *service = service_find(value);

    (void)spec;
    if (!service)
        return refuse_service(value, error);
    options->service = service;
    return 0;
}

int option_set_endpoint(struct options *options, const struct option_spec *spec,
                        const char *value, struct error *error)
{
    char *endpoint = url_parse("--endpoint", value, error);

    (void)spec;
    if (!endpoint)
        return -1;
    free(options->endpoint);
    options->endpoint = endpoint;
    return 0;
}

int option_set_ping(struct options *options, const struct option_spec *spec,
                    const char *value, struct error *error)
{
    char *ping = url_parse("--ping", value, error);

    (void)spec;
    if (!ping)
        return -1;
    free(options->ping);
    options->ping = ping;
    return 0;
}

int option_set_proxy(struct options *options, const struct option_spec *spec,
                     const char *value, struct error *error)
{
    (void)spec;
    if (url_check_proxy("--proxy", value, error))
        return -1;
    options->proxy = value;
    return 0;
}

int option_set_tenant(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error)
{
    if (!option_value_is_tenant(value))
        return error_set(error, ERROR_USAGE,
                         "--%s takes a domain or an id: letters, digits, '.' "
                         "and '-', beginning with a letter or a digit",
                         spec->name);
    options->tenant = value;
    return 0;
}
