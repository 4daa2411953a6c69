#include "dispatch/secret_watch.h"

#include <string.h>

#include "base/secret_file.h"

#define LOOK_DELAY 2000

void secret_watch_init(struct secret_watch *watch,
                       const struct credentials *credentials,
                       struct call_context *context)
{
    *watch = (struct secret_watch){
        .credentials = credentials, .context = context, .due = INT64_MIN};
}

void secret_watch_clear(struct secret_watch *watch)
{
    for (unsigned i = 0; i < SERVICE_SECRETS; i++)
        secret_file_free(watch->values[i]);
    for (unsigned i = 0; i < SERVICE_EARLIER; i++)
        secret_file_free(watch->earlier[i]);
}

static const char **place_of(struct call_context *context,
                             enum credentials_secret secret)
{
    switch (secret) {
    case CREDENTIALS_APPLICATION_TOKEN:
        return &context->application_token;
    case CREDENTIALS_USER_NAME:
        return &context->user_name;
    case CREDENTIALS_PASSWORD:
        return &context->password;
    default:
        return &context->developer_token;
    }
}

/* Calls in flight may carry those before it. */
static void replace(struct secret_watch *watch, enum credentials_secret secret,
                    char *value)
{
    const char **place = place_of(watch->context, secret);
    unsigned oldest = watch->replaced++ % SERVICE_EARLIER;

    secret_file_free(watch->earlier[oldest]);
    watch->earlier[oldest] = watch->values[secret];
    watch->values[secret] = value;
    watch->context->earlier_secrets[oldest] = *place;
    *place = value;
}

/* Reads the secret. True: it is another one. A failure is not reported, since
 * the file is probably being replaced. */
static bool read_again(struct secret_watch *watch,
                       enum credentials_secret secret)
{
    struct error ignored;
    char *value =
        secret_reader_read(watch->credentials->readers[secret], &ignored);

    if (!value || strcmp(value, *place_of(watch->context, secret)) == 0) {
        secret_file_free(value);
        return false;
    }
    replace(watch, secret, value);
    return true;
}

const char *secret_watch_look(struct secret_watch *watch, bool refused,
                              int64_t now)
{
    const char *label = NULL;

    if (!refused && now < watch->due)
        return NULL;
    watch->due = now + LOOK_DELAY;
    for (unsigned i = 0; i < SERVICE_SECRETS; i++) {
        struct secret_reader *reader = watch->credentials->readers[i];

        if (reader && secret_reader_is_file(reader) &&
            (refused || secret_reader_has_changed(reader)) &&
            read_again(watch, (enum credentials_secret)i))
            label = secret_reader_label(reader);
    }
    return label;
}
