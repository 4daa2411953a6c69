/*
 * What the tests of the services share: answers that must be taken, or refused.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "service/service.h"
#include "unit.h"

/* The fault of an answer that must not be taken for a user. */
static inline struct api_error refuse_user_of(
    const struct service *service, const struct call_context *context,
    const char *key, const struct http_response *response)
{
    struct user *user = NULL;
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error));
    if (service->parse_get(context, response, key, &user, &api_error) == 0)
        fail_msg("taken: %s", response->body);
    assert_null(user);
    return api_error;
}

/* The fault of an answer that must not be taken for one to an update. */
static inline struct api_error refuse_update_of(
    const struct service *service, const struct call_context *context,
    const char *key, const struct http_response *response)
{
    char last_modified[SERVICE_TIME_SIZE];
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error));
    if (service->parse_update(context, response, key, last_modified,
                              &api_error) == 0)
        fail_msg("taken: %s", response->body);
    return api_error;
}

#endif
