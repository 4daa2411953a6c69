/*
 * What the tests of the services share: what a status means, and responses that
 * must be refused.
 */
#ifndef RESPONSES_H
#define RESPONSES_H

#include "service/service.h"
#include "unit.h"

/* What a status means if no known error explains it. */
static const struct {
    long status;
    enum api_error_action action;
    bool not_applied;
} by_status[] = {
    {200, API_ERROR_FAIL, false},    {400, API_ERROR_FAIL, true},
    {401, API_ERROR_SIGN_IN, true},  {403, API_ERROR_FAIL, true},
    {404, API_ERROR_FAIL, true},     {408, API_ERROR_RETRY, false},
    {409, API_ERROR_FAIL, true},     {417, API_ERROR_FAIL, true},
    {429, API_ERROR_THROTTLE, true}, {500, API_ERROR_RETRY, false},
    {502, API_ERROR_RETRY, false},   {503, API_ERROR_RETRY, false},
    {504, API_ERROR_RETRY, false},
};

/* The error of a response that must not be accepted as a user. */
static inline struct api_error refuse_user_of(
    const struct service *service, const struct call_context *context,
    const char *key, const struct http_response *response)
{
    struct user *user = NULL;
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error));
    if (service->parse_get(context, response, key, &user, &api_error) == 0)
        fail_msg("accepted: %s", response->body);
    assert_null(user);
    return api_error;
}

/* The error of a response that must not be accepted as that to an update. */
static inline struct api_error refuse_update_of(
    const struct service *service, const struct call_context *context,
    const char *key, const struct http_response *response)
{
    const struct sent sent = {.changed = ~(column_mask)0};
    struct updated updated;
    struct api_error api_error;

    memset(&api_error, 0x55, sizeof(api_error));
    memset(&updated, 0x55, sizeof(updated));
    if (service->parse_update(context, response, key, &sent, &updated,
                              &api_error) == 0)
        fail_msg("accepted: %s", response->body);
    assert_null(updated.user);
    return api_error;
}

#endif
