#include "cli/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret_file.h"
#include "cli/budget_url.h"
#include "cli/refresh_file.h"
#include "cli/settings.h"
#include "cli/sign_in_addresses.h"
#include "cli/url.h"
#include "service/service.h"

#define ACCESS_TOKEN    "BAUSER_ACCESS_TOKEN"
#define BUDGET_PASSWORD "BAUSER_BUDGET_PASSWORD"
#define CLIENT_ID       "BAUSER_CLIENT_ID"
#define CLIENT_SECRET   "BAUSER_CLIENT_SECRET"
#define DEVELOPER_TOKEN "BAUSER_DEVELOPER_TOKEN"
#define PASSWORD        "BAUSER_PASSWORD"
#define REFRESH_TOKEN   "BAUSER_REFRESH_TOKEN"
#define REFRESH_FILE    "BAUSER_REFRESH_TOKEN_FILE"
#define TOKEN_URL       "BAUSER_TOKEN_URL"
#define USER_NAME       "BAUSER_USERNAME"

/* Where the credentials come from. */
struct context {
    const struct options *options;
    const struct clock *clock;
    struct secret_place place;
    struct secret_source access, id, secret, refresh, url;
    const char *refresh_file; /* NULL: none is given, and there is no default */
};

static bool is_given(const struct secret_source *source)
{
    return source->setting.value != NULL;
}

/* Its label; NULL: it is not given. */
static const char *given_by(const struct secret_source *source)
{
    return is_given(source) ? source->label : NULL;
}

/* For messages about the file of the refresh token. */
static const char *refresh_label(const struct context *context)
{
    return is_given(&context->refresh) ? context->refresh.label : REFRESH_FILE;
}

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

/* ---- the two ways to sign in -------------------------------------------- */

static void forget(struct secret_source *source)
{
    source->setting.value = NULL;
}

/* The highest source of the sign-in with a refresh token. */
static enum setting_source refresh_source(const struct context *context)
{
    const struct secret_source *const sources[] = {
        &context->id, &context->secret, &context->refresh};
    enum setting_source highest = SETTING_BUILT_IN;

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (is_given(sources[i]) && sources[i]->setting.source > highest)
            highest = sources[i]->setting.source;
    return highest;
}

/* A way to sign in replaces the other one of a lower source: a variable that of
 * the profile. */
static void choose_sign_in(struct context *context)
{
    enum setting_source access = context->access.setting.source;
    enum setting_source refresh = refresh_source(context);

    if (!is_given(&context->access) || refresh == SETTING_BUILT_IN)
        return;
    if (refresh > access) {
        forget(&context->access);
    } else if (access > refresh) {
        forget(&context->id);
        forget(&context->secret);
        forget(&context->refresh);
    }
}

static int find_sign_in(struct context *context, struct error *error)
{
    const struct {
        struct secret_source *source;
        const char *name;
    } sources[] = {
        {&context->access, "access-token"},   {&context->id, "client-id"},
        {&context->secret, "client-secret"},  {&context->url, "token-url"},
        {&context->refresh, "refresh-token"},
    };

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
        if (secret_source_find(sources[i].source, context->options->settings,
                               sources[i].name, error))
            return -1;
    choose_sign_in(context);
    return 0;
}

static int refuse_refresh_token(const char *variable, struct error *error)
{
    const char *value = getenv(variable);

    if (!value || !*value)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is set, but a refresh token must be in a file, "
                     "because the service replaces it and the new one is "
                     "saved; unset it, and set %s to the name of the file",
                     variable, REFRESH_FILE);
}

/* The first sign-in needs the application, and makes the refresh token. */
static int check_first_sign_in(const struct context *context,
                               struct error *error)
{
    const char *access = given_by(&context->access);

    if (!given_by(&context->id))
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it to the id of the application "
                         "that you have registered (bauser-batch(7), FIRST "
                         "SIGN-IN)",
                         CLIENT_ID);
    if (access)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but after --sign-in runs use a refresh "
                         "token; unset it",
                         access);
    if (!context->refresh_file)
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it to the name of the file for "
                         "the refresh token%s",
                         REFRESH_FILE,
                         is_given(&context->url) ? ", because with " TOKEN_URL
                                                   " there is no default"
                                                 : "");
    return 0;
}

/* Refuses variables for both ways to sign in, or for only a part of one. */
static int check_sign_in(const struct context *context, struct error *error)
{
    const char *access = given_by(&context->access);
    const char *id = given_by(&context->id);
    const char *secret = given_by(&context->secret);
    const char *refresh = context->refresh_file ? refresh_label(context) : NULL;
    const char *other = id ? id : refresh ? refresh : secret;

    if (refuse_refresh_token(REFRESH_TOKEN, error) ||
        refuse_refresh_token(REFRESH_TOKEN "_COMMAND", error))
        return -1;
    if (context->options->mode == MODE_SIGN_IN)
        return check_first_sign_in(context, error);
    if (access && other)
        return error_set(
            error, ERROR_USAGE,
            "%s and %s are both set; sign in with either an access "
            "token or a refresh token, and unset the other "
            "variable",
            access, other);
    if (!access && !other)
        return error_set(error, ERROR_USAGE,
                         "%s is not set, and neither is %s; to sign in, set %s "
                         "and run bauser-batch --sign-in (bauser-batch(7), "
                         "FIRST SIGN-IN), or set %s to the name of a file with "
                         "an access token",
                         ACCESS_TOKEN, CLIENT_ID, CLIENT_ID,
                         ACCESS_TOKEN "_FILE");
    if (!access && !id)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both to sign in with a "
                         "refresh token",
                         other, CLIENT_ID);
    if (!access && !refresh)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but no refresh token is stored; run "
                         "bauser-batch --sign-in, or set %s to the name of its "
                         "file",
                         id, REFRESH_FILE);
    return 0;
}

/* The addresses of a rehearsal with a simulator must all be its own: the real
 * token endpoint would replace the refresh token of real users. */
static int check_rehearsal(const struct context *context, struct error *error)
{
    const struct options *options = context->options;

    if (!options->endpoint || !url_is_local(options->endpoint) ||
        is_given(&context->url))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--endpoint is on this machine, but %s is not set, so the "
                     "refresh token would be sent to the real token endpoint; "
                     "set %s to the address of the simulated one, such as "
                     "%s/common/oauth2/v2.0/token",
                     TOKEN_URL, TOKEN_URL, options->endpoint);
}

/* The addresses of the token endpoint and of the first sign-in. */
static int find_addresses(struct credentials *credentials,
                          const struct context *context, struct error *error)
{
    const struct options *options = context->options;
    const struct sign_in_given given = {context->url.setting.value,
                                        context->url.label};

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
        [CREDENTIALS_PART_ID] = &context->id,
        [CREDENTIALS_PART_SECRET] = &context->secret,
        [CREDENTIALS_PART_REFRESH] = &context->refresh,
        [CREDENTIALS_PART_URL] = &context->url,
    };

    for (unsigned i = 0; i < CREDENTIALS_PARTS; i++) {
        if (!is_given(sources[i]))
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
    const struct refresh_file file = {
        .place = &context->place,
        .clock = context->clock,
        .label = refresh_label(context),
        .path = context->refresh_file,
        .is_new = context->options->mode == MODE_SIGN_IN,
    };

    if (check_rehearsal(context, error) ||
        read_secret(&context->id, context, &credentials->client_id, error))
        return -1;
    if (is_given(&context->secret) &&
        read_renewable(&context->secret, context,
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
    if (!is_given(&source) && context->options->mode == MODE_SIGN_IN)
        return 0;
    if (!is_given(&source))
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
    if (!is_given(source))
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
    if (is_given(&user) != is_given(&password))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both or neither",
                         is_given(&user) ? user.label : password.label,
                         is_given(&user) ? PASSWORD : USER_NAME);
    return 0;
}

/* ---- the proxy ---------------------------------------------------------- */

#define PROXY_USER_FILE "--proxy-user-file"

static int read_proxy_user(struct credentials *credentials,
                           const struct context *context, struct error *error)
{
    const char *path = context->options->proxy_user_file;
    struct secret_source source;
    const char *colon;

    if (!path)
        return 0;
    secret_source_of_option(&source, PROXY_USER_FILE, path);
    if (read_renewable(&source, context,
                       &credentials->readers[CREDENTIALS_PROXY_USER],
                       &credentials->proxy_user, error))
        return -1;
    colon = strchr(credentials->proxy_user, ':');
    if (colon && colon > credentials->proxy_user)
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
    if (is_given(&source))
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

/* The default is made by a sign-in, and only used with a client id. */
static int find_refresh_file(struct context *context, char **standard,
                             struct error *error)
{
    struct stat info;

    context->refresh_file = context->refresh.setting.value;
    *standard = NULL;
    if (context->refresh_file || !is_given(&context->id) ||
        is_given(&context->url))
        return 0;
    *standard = sign_in_default_file(context->options, error);
    if (!*standard)
        return error->kind == ERROR_NONE ? 0 : -1;
    if (context->options->mode == MODE_SIGN_IN) {
        context->refresh_file = *standard;
        return sign_in_make_directories(*standard, error);
    }
    if (context->place.files->stat(context->place.files, *standard, &info) == 0)
        context->refresh_file = *standard;
    return 0;
}

static int read_all(struct credentials *credentials,
                    const struct context *context, struct error *error)
{
    int result;

    if (check_sign_in(context, error))
        return -1;
    if (is_given(&context->access))
        result = read_renewable(&context->access, context,
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
    char *standard = NULL;
    int result = find_sign_in(&context, error) ||
                         find_refresh_file(&context, &standard, error) ||
                         read_all(&read, &context, error)
                     ? -1
                     : 0;

    free(standard);
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
        [CREDENTIALS_PART_ID] = CLIENT_ID,
        [CREDENTIALS_PART_SECRET] = CLIENT_SECRET,
        [CREDENTIALS_PART_REFRESH] = REFRESH_FILE,
        [CREDENTIALS_PART_URL] = TOKEN_URL,
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
