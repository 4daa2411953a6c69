#include "cli/credentials.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/http.h"
#include "base/secret_file.h"
#include "cli/budget_url.h"
#include "cli/refresh_file.h"
#include "cli/settings.h"
#include "cli/sign_in_addresses.h"
#include "cli/sign_in_sources.h"
#include "service/service.h"

#define BUDGET_PASSWORD "BAUSER_BUDGET_PASSWORD"
#define DEVELOPER_TOKEN "BAUSER_DEVELOPER_TOKEN"
#define PASSWORD        "BAUSER_PASSWORD"
#define USER_NAME       "BAUSER_USERNAME"

/* Where the credentials come from. */
struct context {
    const struct options *options;
    const struct clock *clock;
    struct secret_place place;
    struct sign_in_sources sign_in;
};

static int read_secret(const struct secret_source *source,
                       const struct context *context, char **secret,
                       struct error *error)
{
    *secret = secret_source_read(source, &context->place, ERROR_USAGE, error);
    return *secret ? 0 : -1;
}

/* Reads a secret, and keeps how it can be read again. The settings, which the
 * reader points to, outlive the run. */
static int read_renewable(const struct secret_source *source,
                          const struct context *context,
                          struct secret_reader **reader, char **secret,
                          struct error *error)
{
    if (source->form == CREDENTIAL_VALUE)
        return read_secret(source, context, secret, error);
    *reader = secret_reader_new(source, &context->place);
    if (!*reader)
        return error_memory(error);
    *secret = secret_reader_read(*reader, error);
    if (*secret)
        return 0;
    if (error->kind == ERROR_SIGN_IN)
        error->kind = ERROR_USAGE;
    return -1;
}

/* ---- the sign-in -------------------------------------------------------- */

/* The addresses of the token endpoint and of the first sign-in. */
static int find_addresses(struct credentials *credentials,
                          const struct context *context, struct error *error)
{
    const struct options *options = context->options;
    const struct secret_source *url = &context->sign_in.url;
    const struct sign_in_given given = {url->setting.value, url->label};

    credentials->token_url = sign_in_token_url(options, &given, error);
    if (!credentials->token_url)
        return -1;
    if (options->mode != MODE_SIGN_IN)
        return 0;
    credentials->sign_in_url = sign_in_first_url(options, &given, error);
    return credentials->sign_in_url ? 0 : -1;
}

static int keep_labels(struct credentials *credentials,
                       const struct context *context, struct error *error)
{
    const struct secret_source *const sources[CREDENTIALS_PARTS] = {
        [CREDENTIALS_PART_ID] = &context->sign_in.id,
        [CREDENTIALS_PART_SECRET] = &context->sign_in.secret,
        [CREDENTIALS_PART_REFRESH] = &context->sign_in.refresh,
        [CREDENTIALS_PART_URL] = &context->sign_in.url,
    };

    for (unsigned i = 0; i < CREDENTIALS_PARTS; i++) {
        if (!secret_source_is_given(sources[i]))
            continue;
        credentials->labels[i] = strdup(sources[i]->label);
        if (!credentials->labels[i])
            return error_memory(error);
    }
    return 0;
}

static int read_refresh_sign_in(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    const struct sign_in_sources *sources = &context->sign_in;
    const struct refresh_file file = {
        .place = &context->place,
        .clock = context->clock,
        .label = sign_in_sources_refresh_label(sources),
        .path = sources->refresh_file,
        .is_new = context->options->mode == MODE_SIGN_IN,
    };

    if (read_secret(&sources->id, context, &credentials->client_id, error))
        return -1;
    if (secret_source_is_given(&sources->secret) &&
        read_renewable(&sources->secret, context,
                       &credentials->readers[CREDENTIALS_CLIENT_SECRET],
                       &credentials->client_secret, error))
        return -1;
    if (keep_labels(credentials, context, error) ||
        find_addresses(credentials, context, error))
        return -1;
    credentials->refresh_file =
        refresh_file_check(&file, &credentials->refresh_trusted, error);
    return credentials->refresh_file ? 0 : -1;
}

/* ---- what else the service accepts -------------------------------------- */

static int read_developer_token(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    struct secret_source source;

    if (!context->options->service->developer_token)
        return 0;
    if (secret_source_find(&source, context->options->settings,
                           "developer-token", error))
        return -1;
    if (!secret_source_is_given(&source) &&
        context->options->mode == MODE_SIGN_IN)
        return 0;
    if (!secret_source_is_given(&source))
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it, or set %s to the name of a "
                         "file that contains it",
                         DEVELOPER_TOKEN, DEVELOPER_TOKEN "_FILE");
    return read_renewable(&source, context,
                          &credentials->readers[CREDENTIALS_DEVELOPER_TOKEN],
                          &credentials->developer_token, error);
}

static int refuse_legacy(const char *variable, const struct service *service,
                         struct error *error)
{
    for (size_t i = 0; services[i]; i++)
        if (services[i]->legacy_sign_in)
            return error_set(error, ERROR_USAGE,
                             "%s is set, but %s does not accept it; unset it, "
                             "or select %s, which does, with --api",
                             variable, service->name, services[i]->name);
    return error_set(error, ERROR_USAGE,
                     "%s is set, but %s does not accept it; unset it", variable,
                     service->name);
}

/* Reads one of them; source says whether it is given. */
static int read_legacy_secret(struct secret_source *source, const char *name,
                              const struct context *context,
                              struct secret_reader **reader, char **secret,
                              struct error *error)
{
    const struct service *service = context->options->service;

    if (secret_source_find(source, context->options->settings, name, error))
        return -1;
    if (!secret_source_is_given(source))
        return 0;
    if (!service->legacy_sign_in)
        return refuse_legacy(source->label, service, error);
    return read_renewable(source, context, reader, secret, error);
}

static int read_legacy(struct credentials *credentials,
                       const struct context *context, struct error *error)
{
    struct secret_source application, user, password;
    struct secret_reader **readers = credentials->readers;

    if (read_legacy_secret(&application, "application-token", context,
                           &readers[CREDENTIALS_APPLICATION_TOKEN],
                           &credentials->application_token, error) ||
        read_legacy_secret(&user, "username", context,
                           &readers[CREDENTIALS_USER_NAME],
                           &credentials->user_name, error) ||
        read_legacy_secret(&password, "password", context,
                           &readers[CREDENTIALS_PASSWORD],
                           &credentials->password, error))
        return -1;
    if (secret_source_is_given(&user) != secret_source_is_given(&password))
        return error_set(
            error, ERROR_USAGE, "%s is set, but %s is not; set both or neither",
            secret_source_is_given(&user) ? user.label : password.label,
            secret_source_is_given(&user) ? PASSWORD : USER_NAME);
    return 0;
}

/* ---- the proxy ---------------------------------------------------------- */

#define PROXY_USER_FILE "--proxy-user-file"

static int read_proxy_user(struct credentials *credentials,
                           const struct context *context, struct error *error)
{
    const char *path = context->options->proxy_user_file;
    struct secret_source source;

    if (!path)
        return 0;
    secret_source_of_option(&source, PROXY_USER_FILE, path);
    if (read_renewable(&source, context,
                       &credentials->readers[CREDENTIALS_PROXY_USER],
                       &credentials->proxy_user, error))
        return -1;
    if (credentials->proxy_user && http_is_proxy_user(credentials->proxy_user))
        return 0;
    return error_set(error, ERROR_USAGE,
                     PROXY_USER_FILE
                     ": %s does not contain USER:PASSWORD, with "
                     "a colon between them; write both into it",
                     path);
}

/* ---- the store of the shared budget ------------------------------------- */

static int read_budget_password(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    const struct budget_url *budget = context->options->budget;
    struct secret_source source;

    if (!budget)
        return 0;
    if (secret_source_find(&source, context->options->settings,
                           "budget-password", error))
        return -1;
    if (secret_source_is_given(&source))
        return read_renewable(
            &source, context,
            &credentials->readers[CREDENTIALS_BUDGET_PASSWORD],
            &credentials->budget_password, error);
    if (!*budget->user)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--budget names a user, but %s is not set; set it to the "
                     "name of a file with the user's password",
                     BUDGET_PASSWORD "_FILE");
}

/* ---- all of them -------------------------------------------------------- */

static int read_all(struct credentials *credentials,
                    const struct context *context, struct error *error)
{
    int result;

    if (secret_source_is_given(&context->sign_in.access))
        result = read_renewable(&context->sign_in.access, context,
                                &credentials->access_reader,
                                &credentials->access_token, error);
    else
        result = read_refresh_sign_in(credentials, context, error);
    return result || read_developer_token(credentials, context, error) ||
                   read_legacy(credentials, context, error) ||
                   read_proxy_user(credentials, context, error) ||
                   read_budget_password(credentials, context, error)
               ? -1
               : 0;
}

int credentials_read(struct credentials *credentials,
                     const struct credentials_setup *setup, struct error *error)
{
    const struct options *options = setup->options;
    struct context context = {
        .options = options,
        .clock = setup->clock,
        .place = {setup->files, options->follow_links, options->trusted,
                  setup->command},
    };
    struct credentials read = {.access_token = NULL};
    int result =
        sign_in_sources_find(&context.sign_in, options, setup->files, error) ||
                read_all(&read, &context, error)
            ? -1
            : 0;

    sign_in_sources_clear(&context.sign_in);
    if (result)
        credentials_clear(&read);
    else
        *credentials = read;
    return result;
}

const char *credentials_label(const struct credentials *credentials,
                              enum credentials_part part)
{
    static const char *const variables[CREDENTIALS_PARTS] = {
        [CREDENTIALS_PART_ID] = SIGN_IN_CLIENT_ID,
        [CREDENTIALS_PART_SECRET] = SIGN_IN_CLIENT_SECRET,
        [CREDENTIALS_PART_REFRESH] = SIGN_IN_REFRESH_FILE,
        [CREDENTIALS_PART_URL] = SIGN_IN_TOKEN_URL,
    };

    return credentials->labels[part] ? credentials->labels[part]
                                     : variables[part];
}

void credentials_clear(struct credentials *credentials)
{
    secret_file_free(credentials->developer_token);
    secret_file_free(credentials->application_token);
    secret_file_free(credentials->user_name);
    secret_file_free(credentials->password);
    secret_file_free(credentials->access_token);
    secret_file_free(credentials->client_id);
    secret_file_free(credentials->client_secret);
    secret_file_free(credentials->proxy_user);
    secret_file_free(credentials->budget_password);
    secret_reader_free(credentials->access_reader);
    for (unsigned i = 0; i < CREDENTIALS_SECRETS; i++)
        secret_reader_free(credentials->readers[i]);
    free(credentials->refresh_file);
    for (unsigned i = 0; i < CREDENTIALS_PARTS; i++)
        free(credentials->labels[i]);
    free(credentials->token_url);
    free(credentials->sign_in_url);
    *credentials = (struct credentials){.access_token = NULL};
}
