#include "cli/credentials.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "base/secret_file.h"
#include "cli/settings.h"
#include "cli/url.h"
#include "service/service.h"

#define ACCESS_TOKEN    "BAUSER_ACCESS_TOKEN"
#define CLIENT_ID       "BAUSER_CLIENT_ID"
#define DEVELOPER_TOKEN "BAUSER_DEVELOPER_TOKEN"
#define PASSWORD        "BAUSER_PASSWORD"
#define REFRESH_TOKEN   "BAUSER_REFRESH_TOKEN"
#define REFRESH_FILE    CREDENTIALS_REFRESH_FILE
#define TOKEN_URL       "BAUSER_TOKEN_URL"
#define USER_NAME       "BAUSER_USERNAME"

#define TOKEN_URL_MAX 1024 /* bytes: more than --tenant's longest value */

/* Where the credentials come from. */
struct context {
    const struct options *options;
    const struct clock *clock;
    struct secret_place place;
    struct secret_source access, id, secret, refresh, url;
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

static int read_secret(const struct secret_source *source,
                       const struct context *context, char **secret,
                       struct error *error)
{
    *secret = secret_source_read(source, &context->place, ERROR_USAGE, error);
    return *secret ? 0 : -1;
}

/* ---- the refresh token -------------------------------------------------- */

static int refuse_read_only(const struct context *context, const char *path,
                            struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s: %s is in $CREDENTIALS_DIRECTORY, where files cannot "
                     "be replaced, but the refresh token changes; move the "
                     "file to a directory that the service can write to, such "
                     "as its StateDirectory",
                     context->refresh.label, path);
}

/* Resolves links if they are followed: a rename would replace a link by a file.
 */
static char *resolve(const char *path, const struct context *context,
                     struct error *error)
{
    const struct secret_place *place = &context->place;
    const struct file_system *files = place->files;
    bool follow_links =
        place->follow_links || secret_source_is_trusted(place, path);
    char *name;

    if (secret_source_is_service_credential(files, path)) {
        refuse_read_only(context, path, error);
        return NULL;
    }
    name = follow_links ? files->resolve(files, path) : strdup(path);
    if (!name && errno == ENOMEM) {
        error_memory(error);
    } else if (!name) {
        error_set(error, ERROR_USAGE, "%s: cannot open %s: %s",
                  context->refresh.label, path, strerror(errno));
    } else if (secret_source_is_service_credential(files, name)) {
        refuse_read_only(context, name, error);
        free(name);
        name = NULL;
    }
    return name;
}

/* Checks in advance that the token can be read and replaced, so that a wrong
 * file is found before the first call. */
static char *read_refresh_file(const struct context *context, bool *trusted,
                               struct error *error)
{
    const char *given = context->refresh.setting.value;
    char *path = resolve(given, context, error);
    struct secret_file file = {
        .files = context->place.files,
        .variable = context->refresh.label,
        .path = path,
        .allowed = secret_source_allowed_modes(&context->place, given),
        .kind = ERROR_USAGE};
    char *token;

    if (!path)
        return NULL;
    token = secret_file_read(&file, error);
    if (!token)
        goto err;
    secret_file_free(token);
    if (secret_file_check_replaceable(&file, context->clock, error))
        goto err;
    *trusted = file.allowed != 0;
    return path;

err:
    free(path);
    return NULL;
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

/* Refuses variables for both ways to sign in, or for only a part of one. */
static int check_sign_in(const struct context *context, struct error *error)
{
    const char *access = given_by(&context->access);
    const char *id = given_by(&context->id);
    const char *secret = given_by(&context->secret);
    const char *refresh = given_by(&context->refresh);
    const char *other = id ? id : refresh ? refresh : secret;

    if (refuse_refresh_token(REFRESH_TOKEN, error) ||
        refuse_refresh_token(REFRESH_TOKEN "_COMMAND", error))
        return -1;
    if (access && other)
        return error_set(
            error, ERROR_USAGE,
            "%s and %s are both set; sign in with either an access "
            "token or a refresh token, and unset the other "
            "variable",
            access, other);
    if (!access && !other)
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it, or set %s to the name of a "
                         "file that contains it, or sign in with a refresh "
                         "token by %s and %s",
                         ACCESS_TOKEN, ACCESS_TOKEN "_FILE", CLIENT_ID,
                         REFRESH_FILE);
    if (!access && (!id || !refresh))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both to sign in with a "
                         "refresh token",
                         other, id ? REFRESH_FILE : CLIENT_ID);
    return 0;
}

/* The settings, which the reader points to, outlive the run. */
static int read_access_token(struct credentials *credentials,
                             const struct context *context, struct error *error)
{
    const struct secret_source *source = &context->access;

    if (source->form == CREDENTIAL_VALUE)
        return read_secret(source, context, &credentials->access_token, error);
    credentials->access_reader = secret_reader_new(source, &context->place);
    if (!credentials->access_reader)
        return error_memory(error);
    credentials->access_token =
        secret_reader_read(credentials->access_reader, error);
    if (credentials->access_token)
        return 0;
    if (error->kind == ERROR_SIGN_IN)
        error->kind = ERROR_USAGE;
    return -1;
}

/* The address of the token endpoint, for the caller to free. It is the same in
 * both environments, which differ in the scope. Google's has no tenant.
 *
 * Source: Microsoft identity platform, "Refresh the access token"; Bing Ads
 * API, "Sandbox" and "Get tokens". */
static char *build_token_url(const struct options *options, struct error *error)
{
    const char *tenant = options->tenant ? options->tenant : "common";
    struct buffer url;
    int result;

    buffer_init(&url, TOKEN_URL_MAX);
    if (options->google)
        result = buffer_puts(&url, "https://oauth2.googleapis.com/token");
    else
        result = buffer_puts(&url, "https://login.microsoftonline.com/") ||
                 percent_encode(&url, tenant) ||
                 buffer_puts(&url, "/oauth2/v2.0/token");
    if (result) {
        buffer_free(&url);
        error_memory(error);
        return NULL;
    }
    return url.data;
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

static int read_refresh_sign_in(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    const char *url = context->url.setting.value;

    if (check_rehearsal(context, error) ||
        read_secret(&context->id, context, &credentials->client_id, error))
        return -1;
    if (is_given(&context->secret) &&
        read_secret(&context->secret, context, &credentials->client_secret,
                    error))
        return -1;
    credentials->token_url = url ? url_parse(context->url.label, url, error)
                                 : build_token_url(context->options, error);
    credentials->refresh_label = strdup(context->refresh.label);
    if (!credentials->token_url)
        return -1;
    if (!credentials->refresh_label)
        return error_memory(error);
    credentials->refresh_file =
        read_refresh_file(context, &credentials->refresh_trusted, error);
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
    if (!is_given(&source))
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it, or set %s to the name of a "
                         "file that contains it",
                         DEVELOPER_TOKEN, DEVELOPER_TOKEN "_FILE");
    return read_secret(&source, context, &credentials->developer_token, error);
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
                              const struct context *context, char **secret,
                              struct error *error)
{
    const struct service *service = context->options->service;

    if (secret_source_find(source, context->options->settings, name, error))
        return -1;
    if (!is_given(source))
        return 0;
    if (!service->legacy_sign_in)
        return refuse_legacy(source->label, service, error);
    return read_secret(source, context, secret, error);
}

static int read_legacy(struct credentials *credentials,
                       const struct context *context, struct error *error)
{
    struct secret_source application, user, password;

    if (read_legacy_secret(&application, "application-token", context,
                           &credentials->application_token, error) ||
        read_legacy_secret(&user, "username", context, &credentials->user_name,
                           error) ||
        read_legacy_secret(&password, "password", context,
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
    const char *colon;

    if (!path)
        return 0;
    credentials->proxy_user =
        secret_source_read_file(&context->place, PROXY_USER_FILE, path, error);
    if (!credentials->proxy_user)
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
    int result;

    if (find_sign_in(&context, error) || check_sign_in(&context, error))
        return -1;
    if (is_given(&context.access))
        result = read_access_token(&read, &context, error);
    else
        result = read_refresh_sign_in(&read, &context, error);
    if (result || read_developer_token(&read, &context, error) ||
        read_legacy(&read, &context, error) ||
        read_proxy_user(&read, &context, error)) {
        credentials_clear(&read);
        return -1;
    }
    *credentials = read;
    return 0;
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
    secret_reader_free(credentials->access_reader);
    free(credentials->refresh_file);
    free(credentials->refresh_label);
    free(credentials->token_url);
    *credentials = (struct credentials){.access_token = NULL};
}
