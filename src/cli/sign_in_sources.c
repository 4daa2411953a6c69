#include "cli/sign_in_sources.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "cli/sign_in_addresses.h"
#include "cli/url.h"

#define ACCESS_TOKEN  "BAUSER_ACCESS_TOKEN"
#define REFRESH_TOKEN "BAUSER_REFRESH_TOKEN"

/* Its label; NULL: it is not given. */
static const char *given_by(const struct secret_source *source)
{
    return secret_source_is_given(source) ? source->label : NULL;
}

const char *sign_in_sources_refresh_label(const struct sign_in_sources *sources)
{
    return secret_source_is_given(&sources->refresh) ? sources->refresh.label
                                                     : SIGN_IN_REFRESH_FILE;
}

/* ---- finding ------------------------------------------------------------ */

static void forget(struct secret_source *source)
{
    source->setting.value = NULL;
}

/* The highest source of the sign-in with a refresh token. */
static enum setting_source refresh_source(const struct sign_in_sources *sources)
{
    const struct secret_source *const parts[] = {&sources->id, &sources->secret,
                                                 &sources->refresh};
    enum setting_source highest = SETTING_BUILT_IN;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (secret_source_is_given(parts[i]) &&
            parts[i]->setting.source > highest)
            highest = parts[i]->setting.source;
    return highest;
}

/* A way to sign in replaces the other one of a lower source: a variable that of
 * the profile. */
static void choose(struct sign_in_sources *sources)
{
    enum setting_source access = sources->access.setting.source;
    enum setting_source refresh = refresh_source(sources);

    if (!secret_source_is_given(&sources->access) ||
        refresh == SETTING_BUILT_IN)
        return;
    if (refresh > access) {
        forget(&sources->access);
    } else if (access > refresh) {
        forget(&sources->id);
        forget(&sources->secret);
        forget(&sources->refresh);
    }
}

static int find_all(struct sign_in_sources *sources,
                    const struct settings *settings, struct error *error)
{
    const struct {
        struct secret_source *source;
        const char *name;
    } names[] = {
        {&sources->access, "access-token"},   {&sources->id, "client-id"},
        {&sources->secret, "client-secret"},  {&sources->url, "token-url"},
        {&sources->refresh, "refresh-token"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (secret_source_find(names[i].source, settings, names[i].name, error))
            return -1;
    choose(sources);
    return 0;
}

/* The default is made by a sign-in, and only used with a client id. */
static int find_refresh_file(struct sign_in_sources *sources,
                             const struct options *options,
                             const struct file_system *files,
                             struct error *error)
{
    struct stat info;
    char *standard;

    sources->refresh_file = sources->refresh.setting.value;
    if (sources->refresh_file || !secret_source_is_given(&sources->id) ||
        secret_source_is_given(&sources->url))
        return 0;
    standard = sign_in_default_file(options, error);
    sources->standard = standard;
    if (!standard)
        return error->kind == ERROR_NONE ? 0 : -1;
    if (options->mode == MODE_SIGN_IN) {
        sources->refresh_file = standard;
        return sign_in_make_directories(standard, error);
    }
    if (files->stat(files, standard, &info) == 0)
        sources->refresh_file = standard;
    return 0;
}

/* ---- checks ------------------------------------------------------------- */

static int refuse_refresh_token(const char *variable, struct error *error)
{
    const char *value = getenv(variable);

    if (!value || !*value)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is set, but a refresh token must be in a file, "
                     "because the service replaces it and the new one is "
                     "saved; unset it, and set %s to the name of the file",
                     variable, SIGN_IN_REFRESH_FILE);
}

/* The first sign-in needs the application, and makes the refresh token. */
static int check_first(const struct sign_in_sources *sources,
                       struct error *error)
{
    const char *access = given_by(&sources->access);

    if (!given_by(&sources->id))
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it to the id of the application "
                         "that you have registered (bauser-batch(7), FIRST "
                         "SIGN-IN)",
                         SIGN_IN_CLIENT_ID);
    if (access)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but after --sign-in runs use a refresh "
                         "token; unset it",
                         access);
    if (!sources->refresh_file)
        return error_set(error, ERROR_USAGE,
                         "%s is not set; set it to the name of the file for "
                         "the refresh token%s",
                         SIGN_IN_REFRESH_FILE,
                         secret_source_is_given(&sources->url)
                             ? ", because with " SIGN_IN_TOKEN_URL
                               " there is no default"
                             : "");
    return 0;
}

/* Refuses variables for both ways to sign in, or for only a part of one. */
static int check_ways(const struct sign_in_sources *sources, enum mode mode,
                      struct error *error)
{
    const char *access = given_by(&sources->access);
    const char *id = given_by(&sources->id);
    const char *secret = given_by(&sources->secret);
    const char *refresh =
        sources->refresh_file ? sign_in_sources_refresh_label(sources) : NULL;
    const char *other = id ? id : refresh ? refresh : secret;

    if (refuse_refresh_token(REFRESH_TOKEN, error) ||
        refuse_refresh_token(REFRESH_TOKEN "_COMMAND", error))
        return -1;
    if (mode == MODE_SIGN_IN)
        return check_first(sources, error);
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
                         ACCESS_TOKEN, SIGN_IN_CLIENT_ID, SIGN_IN_CLIENT_ID,
                         ACCESS_TOKEN "_FILE");
    if (!access && !id)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but %s is not; set both to sign in with a "
                         "refresh token",
                         other, SIGN_IN_CLIENT_ID);
    if (!access && !refresh)
        return error_set(error, ERROR_USAGE,
                         "%s is set, but no refresh token is stored; run "
                         "bauser-batch --sign-in, or set %s to the name of its "
                         "file",
                         id, SIGN_IN_REFRESH_FILE);
    return 0;
}

/* The addresses of a rehearsal with a simulator must all be its own: the real
 * token endpoint would replace the refresh token of real users. */
static int check_rehearsal(const struct sign_in_sources *sources,
                           const char *endpoint, struct error *error)
{
    if (!endpoint || !url_is_local(endpoint) ||
        secret_source_is_given(&sources->url))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--endpoint is on this machine, but %s is not set, so the "
                     "refresh token would be sent to the real token endpoint; "
                     "set %s to the address of the simulated one, such as "
                     "%s/common/oauth2/v2.0/token",
                     SIGN_IN_TOKEN_URL, SIGN_IN_TOKEN_URL, endpoint);
}

/* ---- all ---------------------------------------------------------------- */

int sign_in_sources_find(struct sign_in_sources *sources,
                         const struct options *options,
                         const struct file_system *files, struct error *error)
{
    sources->refresh_file = sources->standard = NULL;
    if (find_all(sources, options->settings, error) ||
        find_refresh_file(sources, options, files, error) ||
        check_ways(sources, options->mode, error))
        return -1;
    return secret_source_is_given(&sources->access)
               ? 0
               : check_rehearsal(sources, options->endpoint, error);
}

void sign_in_sources_clear(struct sign_in_sources *sources)
{
    free(sources->standard);
    sources->refresh_file = sources->standard = NULL;
}
