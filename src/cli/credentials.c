#include "cli/credentials.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret_file.h"
#include "cli/sign_in_addresses.h"
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
    const char *refresh_file; /* NULL: none is given, and there is no default */
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

/* A sign-in writes the file, so it need not exist yet. */
static int check_new_file(const struct secret_file *file, struct error *error)
{
    struct stat info;
    bool exists = file->files->stat_link(file->files, file->path, &info) == 0;

    if (exists && S_ISLNK(info.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s: %s is a symbolic link; name the file itself, or "
                         "use --follow-links",
                         REFRESH_FILE, file->path);
    if (exists && !S_ISREG(info.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s: %s is not a regular file; choose another name",
                         REFRESH_FILE, file->path);
    return 0;
}

static int check_old_file(const struct secret_file *file, struct error *error)
{
    char *token = secret_file_read(file, error);
    int result = token ? 0 : -1;

    secret_file_free(token);
    return result;
}

/* Checks in advance that the token can be read and replaced, so that a wrong
 * file is found before the first call. */
static char *check_refresh_file(const struct context *context, bool *trusted,
                                struct error *error)
{
    const char *given = context->refresh_file;
    bool is_new = context->options->mode == MODE_SIGN_IN;
    struct stat info;
    char *path = is_new && context->files->stat(context->files, given, &info)
                     ? strdup(given)
                     : resolve(given, context, error);
    struct secret_file file = {.files = context->files,
                               .variable = REFRESH_FILE,
                               .path = path,
                               .allowed = allowed_modes(context, given),
                               .kind = ERROR_USAGE};

    if (!path)
        return NULL;
    if ((is_new ? check_new_file(&file, error)
                : check_old_file(&file, error)) ||
        secret_file_check_replaceable(&file, context->clock, error)) {
        free(path);
        return NULL;
    }
    *trusted = file.allowed != 0;
    return path;
}

/* ---- the two ways to sign in -------------------------------------------- */

/* The first sign-in needs the application, and makes the refresh token. */
static int check_first_sign_in(const struct context *context,
                               struct error *error)
{
    const char *access = given_by(&access_token);

    if (!given_by(&client_id))
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
                         variable_value(TOKEN_URL) ? ", because with " TOKEN_URL
                                                     " there is no default"
                                                   : "");
    return 0;
}

/* Refuses variables for both ways to sign in, or for only a part of one. */
static int check_sign_in(const struct context *context, struct error *error)
{
    const char *access = given_by(&access_token);
    const char *id = given_by(&client_id);
    const char *secret = given_by(&client_secret);
    const char *refresh = context->refresh_file ? REFRESH_FILE : NULL;
    const char *other = id ? id : refresh ? refresh : secret;

    if (variable_value(REFRESH_TOKEN))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but a refresh token must be in a file, "
                         "because the service replaces it and the new one is "
                         "saved; unset it, and set %s to the name of the file",
                         REFRESH_TOKEN, REFRESH_FILE);
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
                         "%s is not set; set it, or set %s to the name of a "
                         "file that contains it, or sign in with a refresh "
                         "token by %s and %s, which --sign-in writes",
                         ACCESS_TOKEN, access_token.file_variable, CLIENT_ID,
                         REFRESH_FILE);
    if (!access && (!id || !refresh))
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both to sign in with a "
                         "refresh token",
                         other, id ? REFRESH_FILE : CLIENT_ID);
    return 0;
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

/* The addresses of the token endpoint and of the first sign-in. */
static int find_addresses(struct credentials *credentials,
                          const struct options *options, struct error *error)
{
    const struct sign_in_given given = {variable_value(TOKEN_URL), TOKEN_URL};

    credentials->token_url = sign_in_token_url(options, &given, error);
    if (!credentials->token_url)
        return -1;
    if (options->mode != MODE_SIGN_IN)
        return 0;
    credentials->sign_in_url = sign_in_first_url(options, &given, error);
    return credentials->sign_in_url ? 0 : -1;
}

static int read_refresh_sign_in(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    if (check_rehearsal(context->options, error) ||
        read_secret(&client_id, context, &credentials->client_id, error))
        return -1;
    if (given_by(&client_secret) &&
        read_secret(&client_secret, context, &credentials->client_secret,
                    error))
        return -1;
    if (find_addresses(credentials, context->options, error))
        return -1;
    credentials->refresh_file =
        check_refresh_file(context, &credentials->refresh_trusted, error);
    return credentials->refresh_file ? 0 : -1;
}

/* ---- what else the service accepts -------------------------------------- */

static int read_developer_token(struct credentials *credentials,
                                const struct context *context,
                                struct error *error)
{
    if (!context->options->service->developer_token)
        return 0;
    if (!given_by(&developer_token) && context->options->mode == MODE_SIGN_IN)
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

/* The default is made by a sign-in, and only used with a client id. */
static int find_refresh_file(struct context *context, char **standard,
                             struct error *error)
{
    struct stat info;

    context->refresh_file = variable_value(REFRESH_FILE);
    *standard = NULL;
    if (context->refresh_file || !given_by(&client_id) ||
        variable_value(TOKEN_URL))
        return 0;
    *standard = sign_in_default_file(context->options, error);
    if (!*standard)
        return error->kind == ERROR_NONE ? 0 : -1;
    if (context->options->mode == MODE_SIGN_IN) {
        context->refresh_file = *standard;
        return sign_in_make_directories(*standard, error);
    }
    if (context->files->stat(context->files, *standard, &info) == 0)
        context->refresh_file = *standard;
    return 0;
}

static int read_all(struct credentials *credentials,
                    const struct context *context, struct error *error)
{
    int result;

    if (check_sign_in(context, error))
        return -1;
    if (given_by(&access_token))
        result = read_secret(&access_token, context, &credentials->access_token,
                             error);
    else
        result = read_refresh_sign_in(credentials, context, error);
    return result || read_developer_token(credentials, context, error) ||
                   read_legacy(credentials, context, error) ||
                   read_proxy_user(credentials, context, error)
               ? -1
               : 0;
}

int credentials_read(struct credentials *credentials,
                     const struct options *options,
                     const struct file_system *files, const struct clock *clock,
                     struct error *error)
{
    struct context context = {options, files, clock, NULL};
    struct credentials read = {.access_token = NULL};
    char *standard;
    int result = find_refresh_file(&context, &standard, error) ||
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
    free(credentials->sign_in_url);
    *credentials = (struct credentials){.access_token = NULL};
}
