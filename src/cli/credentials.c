#include "cli/credentials.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "base/secret_file.h"
#include "cli/url.h"
#include "service/service.h"

#define ACCESS_TOKEN      "BAUSER_ACCESS_TOKEN"
#define APPLICATION_TOKEN "BAUSER_APPLICATION_TOKEN"
#define CLIENT_ID         "BAUSER_CLIENT_ID"
#define CLIENT_SECRET     "BAUSER_CLIENT_SECRET"
#define DEVELOPER_TOKEN   "BAUSER_DEVELOPER_TOKEN"
#define PASSWORD          "BAUSER_PASSWORD"
#define REFRESH_TOKEN     "BAUSER_REFRESH_TOKEN"
#define REFRESH_FILE      CREDENTIALS_REFRESH_FILE
#define TOKEN_URL         "BAUSER_TOKEN_URL"
#define USER_NAME         "BAUSER_USERNAME"

#define TOKEN_URL_MAX 1024 /* bytes: more than --tenant's longest value */

/* The two variables of a secret. */
struct source {
    const char *variable;
    const char *file_variable;
    bool typed; /* see secret_file.h */
};

#define TOKEN(name)                                                            \
    {                                                                          \
        name, name "_FILE", false                                              \
    }
#define TYPED(name)                                                            \
    {                                                                          \
        name, name "_FILE", true                                               \
    }

static const struct source access_token = TOKEN(ACCESS_TOKEN);
static const struct source application_token = TOKEN(APPLICATION_TOKEN);
static const struct source client_id = TOKEN(CLIENT_ID);
static const struct source client_secret = TOKEN(CLIENT_SECRET);
static const struct source developer_token = TOKEN(DEVELOPER_TOKEN);
static const struct source password = TYPED(PASSWORD);
static const struct source user_name = TYPED(USER_NAME);

/* The variable's value; NULL if it is not set or empty. */
static const char *variable_value(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value ? value : NULL;
}

/* The variable of the two that is set; NULL if neither is. */
static const char *given_by(const struct source *source)
{
    if (variable_value(source->variable))
        return source->variable;
    if (variable_value(source->file_variable))
        return source->file_variable;
    return NULL;
}

/* Where secrets are read from. */
struct context {
    const struct options *options;
    const struct file_system *files;
    const struct clock *clock;
};

/* Is the file in the directory or below it? The file itself may be a link. */
static bool is_below(const struct file_system *files, const char *path,
                     const char *directory)
{
    char *copy = strdup(path); /* dirname() writes into it */
    char *place = copy ? files->resolve(files, dirname(copy)) : NULL;
    char *root = directory ? files->resolve(files, directory) : NULL;
    size_t len = root ? strlen(root) : 0;
    bool below = root && place && strncmp(place, root, len) == 0 &&
                 (len == 1 || place[len] == '/' || place[len] == '\0');

    free(copy);
    free(place);
    free(root);
    return below;
}

/* Is the file in the directory that systemd made for this service's secrets? */
static bool is_service_credential(const struct file_system *files,
                                  const char *path)
{
    return is_below(files, path, variable_value("CREDENTIALS_DIRECTORY"));
}

/* See struct secret_file. */
static mode_t allowed_modes(const struct context *context, const char *path)
{
    if (is_below(context->files, path, context->options->trusted))
        return S_IRWXG | S_IRWXO;
    return is_service_credential(context->files, path) ? S_IRGRP | S_IROTH : 0;
}

static char *read_variable(const struct source *source, const char *value,
                           struct error *error)
{
    const char *flaw = secret_file_flaw(value, strlen(value), source->typed);
    char *secret;

    if (flaw) {
        error_set(
            error, ERROR_USAGE,
            "%s: the value contains %s; set the variable to the secret alone",
            source->variable, flaw);
        return NULL;
    }
    secret = strdup(value);
    if (!secret)
        error_memory(error);
    return secret;
}

/* plain: the variable that could contain the secret; NULL: none. */
static char *read_file(const struct context *context, const char *variable,
                       const char *plain, const char *path, bool typed,
                       struct error *error)
{
    mode_t allowed = allowed_modes(context, path);
    const struct secret_file file = {
        .files = context->files,
        .variable = variable,
        .plain = plain,
        .path = path,
        .follow_links = context->options->follow_links || allowed != 0,
        .allowed = allowed,
        .typed = typed,
        .kind = ERROR_USAGE,
    };

    return secret_file_read(&file, error);
}

/* Reads a secret for which given_by() is not NULL. */
static int read_secret(const struct source *source,
                       const struct context *context, char **secret,
                       struct error *error)
{
    const char *value = variable_value(source->variable);
    const char *path = variable_value(source->file_variable);

    if (value && path)
        return error_set(error, ERROR_USAGE,
                         "%s and %s are both set; unset one", source->variable,
                         source->file_variable);
    if (value)
        *secret = read_variable(source, value, error);
    else
        *secret = read_file(context, source->file_variable, source->variable,
                            path, source->typed, error);
    return *secret ? 0 : -1;
}

/* ---- the refresh token -------------------------------------------------- */

static int refuse_read_only(const char *path, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s: %s is in $CREDENTIALS_DIRECTORY, where files cannot "
                     "be replaced, but the refresh token changes; move the "
                     "file to a directory that the service can write to, such "
                     "as its StateDirectory",
                     REFRESH_FILE, path);
}

/* Resolves links if they are followed: a rename would replace a link by a file.
 */
static char *resolve(const char *path, const struct context *context,
                     struct error *error)
{
    const struct file_system *files = context->files;
    bool follow_links = context->options->follow_links ||
                        is_below(files, path, context->options->trusted);
    char *name;

    if (is_service_credential(files, path)) {
        refuse_read_only(path, error);
        return NULL;
    }
    name = follow_links ? files->resolve(files, path) : strdup(path);
    if (!name && errno == ENOMEM) {
        error_memory(error);
    } else if (!name) {
        error_set(error, ERROR_USAGE, "%s: cannot open %s: %s", REFRESH_FILE,
                  path, strerror(errno));
    } else if (is_service_credential(files, name)) {
        refuse_read_only(name, error);
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
    const char *given = variable_value(REFRESH_FILE);
    char *path = resolve(given, context, error);
    struct secret_file file = {.files = context->files,
                               .variable = REFRESH_FILE,
                               .path = path,
                               .kind = ERROR_USAGE};
    char *token;

    if (!path)
        return NULL;
    /* The advice in a message is about the file, not about a link to it. */
    file.allowed = allowed_modes(context, given) | allowed_modes(context, path);
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

/* Refuses variables for both ways to sign in, or for only a part of one. */
static int check_sign_in(struct error *error)
{
    const char *access = given_by(&access_token);
    const char *id = given_by(&client_id);
    const char *secret = given_by(&client_secret);
    const char *refresh = variable_value(REFRESH_FILE) ? REFRESH_FILE : NULL;
    const char *other = id ? id : refresh ? refresh : secret;

    if (variable_value(REFRESH_TOKEN))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but a refresh token must be in a file, "
                         "because the service replaces it and the new one is "
                         "saved; unset it, and set %s to the name of the file",
                         REFRESH_TOKEN, REFRESH_FILE);
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
                         ACCESS_TOKEN, access_token.file_variable, CLIENT_ID,
                         REFRESH_FILE);
    if (!access && (!id || !refresh))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both to sign in with a "
                         "refresh token",
                         other, id ? REFRESH_FILE : CLIENT_ID);
    return 0;
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
static int check_rehearsal(const struct options *options, struct error *error)
{
    if (!options->endpoint || !url_is_local(options->endpoint) ||
        variable_value(TOKEN_URL))
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
    const char *url = variable_value(TOKEN_URL);

    if (check_rehearsal(context->options, error) ||
        read_secret(&client_id, context, &credentials->client_id, error))
        return -1;
    if (given_by(&client_secret) &&
        read_secret(&client_secret, context, &credentials->client_secret,
                    error))
        return -1;
    credentials->token_url = url ? url_parse(TOKEN_URL, url, error)
                                 : build_token_url(context->options, error);
    if (!credentials->token_url)
        return -1;
    credentials->refresh_file =
        read_refresh_file(context, &credentials->refresh_trusted, error);
    return credentials->refresh_file ? 0 : -1;
}

/* ---- what else the service accepts -------------------------------------- */

static int read_developer_token(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    if (!context->options->service->developer_token)
        return 0;
    if (!given_by(&developer_token))
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it, or set %s to the name of a "
                         "file that contains it",
                         DEVELOPER_TOKEN, developer_token.file_variable);
    return read_secret(&developer_token, context, &credentials->developer_token,
                       error);
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

static int read_legacy(struct credentials *credentials,
                       const struct context *context, struct error *error)
{
    const struct service *service = context->options->service;
    const struct {
        const struct source *source;
        char **secret;
    } secrets[] = {
        {&application_token, &credentials->application_token},
        {&user_name, &credentials->user_name},
        {&password, &credentials->password},
    };
    const char *user_by = given_by(&user_name);
    const char *password_by = given_by(&password);

    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        const char *variable = given_by(secrets[i].source);

        if (variable && !service->legacy_sign_in)
            return refuse_legacy(variable, service, error);
        if (variable &&
            read_secret(secrets[i].source, context, secrets[i].secret, error))
            return -1;
    }
    if (!user_by != !password_by)
        return error_set(
            error, ERROR_USAGE, "%s is set, but %s is not; set both or neither",
            user_by ? user_by : password_by, user_by ? PASSWORD : USER_NAME);
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
        read_file(context, PROXY_USER_FILE, NULL, path, true, error);
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
                     const struct options *options,
                     const struct file_system *files, const struct clock *clock,
                     struct error *error)
{
    const struct context context = {options, files, clock};
    struct credentials read = {.access_token = NULL};
    int result;

    if (check_sign_in(error))
        return -1;
    if (given_by(&access_token))
        result =
            read_secret(&access_token, &context, &read.access_token, error);
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
    free(credentials->refresh_file);
    free(credentials->token_url);
    *credentials = (struct credentials){.access_token = NULL};
}
