#include <inttypes.h>

#include "cli/sign_in_addresses.h"
#include "net/device_code.h"
#include "sign_in/sign_in_state.h"

static int get_device_code(const struct sign_in *sign_in,
                           struct single_calls *calls,
                           struct device_code *device, struct error *error)
{
    const struct oauth_form form = {
        .client_id = sign_in->credentials->client_id,
        .scope = sign_in_first_scope(sign_in->options)};
    struct transfer *transfer = transport_take_token(calls->transport);
    struct oauth_error reason;
    int result = -1;

    transfer->request.method = HTTP_POST;
    if (oauth_build_form(&transfer->request.body, &form)) {
        error_memory(error);
    } else if (single_calls_send(calls, transfer, error) == 0) {
        result = device_code_parse(device, &transfer->response,
                                   single_calls_now(calls), &reason);
        if (result)
            sign_in_refuse(sign_in, &reason, error);
    }
    transport_release(calls->transport, transfer);
    return result;
}

static int start_device(const struct sign_in *sign_in,
                        struct device_code *device, struct error *error)
{
    struct single_calls calls;
    int result = -1;

    if (single_calls_open(
            &calls, sign_in->platform, sign_in->options, sign_in->credentials,
            sign_in->credentials->sign_in_url, sign_in->stop, error) == 0)
        result = get_device_code(sign_in, &calls, device, error);
    if (result == 0)
        fprintf(sign_in->messages,
                "On any device, open %s and enter the code %s.\n"
                "The code is valid for %" PRId64 " minutes. Waiting ...\n",
                device->address, device->user_code,
                (device->expires - single_calls_now(&calls) + 59999) / 60000);
    (void)fflush(sign_in->messages);
    single_calls_close(&calls);
    return result;
}

/* One poll. *again: there is no decision yet. */
static int poll_once(struct sign_in *sign_in, struct device_code *device,
                     bool *again, struct error *error)
{
    const struct credentials *credentials = sign_in->credentials;
    const struct oauth_form form = {
        .client_id = credentials->client_id,
        .grant_type = OAUTH_BY_DEVICE_CODE,
        .device_code = device->code,
        .client_secret = credentials->client_secret,
    };
    const char *const secrets[] = {device->code, credentials->client_secret};
    struct single_calls *calls = &sign_in->calls;
    struct transfer *transfer = transport_take_token(calls->transport);
    struct oauth_error reason = {.name = ""};
    int result = -1;

    *again = false;
    transfer->request.method = HTTP_POST;
    transfer->request.once = true;
    if (oauth_build_form(&transfer->request.body, &form))
        error_memory(error);
    else if (single_calls_send(calls, transfer, error) == 0)
        result = sign_in_take_tokens(sign_in, &transfer->response, secrets,
                                     sizeof(secrets) / sizeof(secrets[0]),
                                     &reason, error);
    transport_release(calls->transport, transfer);
    if (!*reason.name)
        return result;
    switch (device_code_judge(device, &reason, single_calls_now(calls))) {
    case DEVICE_WAIT:
        *again = true;
        break;
    case DEVICE_EXPIRED:
        return error_set(error, ERROR_STOPPED,
                         "the code expired before somebody signed in with it; "
                         "start --sign-in again");
    case DEVICE_REFUSED:
        return sign_in_refuse(sign_in, &reason, error);
    }
    return 0;
}

static int poll_device(struct sign_in *sign_in, struct device_code *device,
                       struct error *error)
{
    struct single_calls *calls = &sign_in->calls;
    bool again = true;

    while (again)
        if (single_calls_pause(
                calls, single_calls_now(calls) + device->interval, error) ||
            poll_once(sign_in, device, &again, error))
            return -1;
    return 0;
}

int sign_in_by_device(struct sign_in *sign_in, struct error *error)
{
    struct device_code device = {.code = NULL};
    int result = start_device(sign_in, &device, error) ||
                         poll_device(sign_in, &device, error)
                     ? -1
                     : 0;

    device_code_clear(&device);
    return result;
}
