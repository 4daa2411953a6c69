#include "sign_in/sign_in.h"

#include <string.h>

#include "base/secret_file.h"
#include "cli/sign_in_addresses.h"
#include "service/service.h"
#include "sign_in/sign_in_state.h"
#include "sign_in/whoami.h"

#define LOCK_MS    60000 /* to wait for a run that renews its token */
#define LOCK_PAUSE 100

/* ---- errors ------------------------------------------------------------- */

/* What the user can do, whatever the sign-in is configured by. */
static const struct {
    const char *name;
    const char *advice;
} advices[] = {
    {"access_denied",
     "the consent was denied; sign in again and accept, or ask an "
     "administrator of your tenant for consent"},
    {"consent_required", "ask an administrator of your tenant for consent"},
    {"authorization_declined",
     "the sign-in was declined on the other device; start --sign-in again"},
    {"bad_verification_code", "start --sign-in again"},
    {"invalid_grant", "the code has expired or was used; start --sign-in "
                      "again"},
    {"invalid_scope", "check --api, --environment and --identity-provider"},
};

static void advise(const struct sign_in *sign_in, const char *name, char *text,
                   size_t size)
{
    const struct credentials *credentials = sign_in->credentials;
    const char *id = credentials_label(credentials, CREDENTIALS_PART_ID);

    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (strcmp(advices[i].name, name) != 0)
            continue;
        (void)snprintf(text, size, "%s", advices[i].advice);
        return;
    }
    if (strcmp(name, "invalid_client") == 0)
        (void)snprintf(text, size,
                       "check %s and %s: a public client has no secret, a web "
                       "application has one",
                       id,
                       credentials_label(credentials, CREDENTIALS_PART_SECRET));
    else if (strcmp(name, "unauthorized_client") == 0)
        (void)snprintf(text, size,
                       "check %s and --tenant; --device requires that the "
                       "registered application allows public client flows",
                       id);
    else
        (void)snprintf(text, size,
                       "check %s, --tenant and --redirect-uri, and start "
                       "--sign-in again",
                       id);
}

int sign_in_refuse(const struct sign_in *sign_in,
                   const struct oauth_error *reason, struct error *error)
{
    char advice[ERROR_TEXT_SIZE];

    if (reason->kind == OAUTH_NO_MEMORY)
        return error_memory(error);
    if (reason->kind != OAUTH_REFUSED)
        return error_set(error, ERROR_STOPPED,
                         "the token endpoint does not respond as expected "
                         "(%s): %s; start --sign-in again later",
                         reason->name, reason->text);
    advise(sign_in, reason->name, advice, sizeof(advice));
    return error_set(error, ERROR_SIGN_IN, "the sign-in failed (%s); %s%s%s",
                     reason->name, advice,
                     *reason->text ? "; its message: " : "", reason->text);
}

/* ---- the grant ---------------------------------------------------------- */

/* Is the resource's permission among the granted ones? Services may return it
 * without its resource. Without the member, what was requested is granted (RFC
 * 6749, section 5.1). */
static bool has_scope(const struct sign_in *sign_in, const char *granted)
{
    const char *wanted = sign_in_token_scope(sign_in->options);
    size_t whole = wanted ? strcspn(wanted, " ") : 0;
    size_t last = whole;

    if (!wanted || !granted)
        return true;
    while (last > 0 && wanted[last - 1] != '/')
        last--;
    for (const char *at = granted; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");

        if ((len == whole && memcmp(at, wanted, len) == 0) ||
            (len == whole - last && memcmp(at, wanted + last, len) == 0))
            return true;
        at += len;
    }
    return false;
}

static int check_grant(const struct sign_in *sign_in,
                       const struct oauth_grant *grant, struct error *error)
{
    const char *wanted = sign_in_token_scope(sign_in->options);

    if (!has_scope(sign_in, grant->scope))
        return error_set(error, ERROR_SIGN_IN,
                         "the sign-in does not include the permission %.*s, "
                         "which %s requires; sign in again and accept all "
                         "permissions. The refresh token was not stored",
                         (int)strcspn(wanted, " "), wanted,
                         sign_in->options->service->title);
    if (!sign_in->refresh_token)
        return error_set(error, ERROR_SIGN_IN,
                         "the token endpoint returned no refresh token: the "
                         "permission offline_access was not granted; sign in "
                         "again and accept all permissions");
    return 0;
}

int sign_in_take_tokens(struct sign_in *sign_in,
                        const struct http_response *response,
                        const char *const *secrets, size_t count,
                        struct oauth_error *reason, struct error *error)
{
    struct oauth_grant grant;
    struct cJSON *document;
    int result = -1;

    reason->name[0] = '\0';
    if (oauth_find_refresh_token(response, &sign_in->refresh_token))
        return error_memory(error);
    document = oauth_parse_response(response, &grant, reason);
    if (!document) {
        oauth_redact(reason, secrets, count);
        secret_file_free(sign_in->refresh_token);
        sign_in->refresh_token = NULL;
        return -1;
    }
    if (check_grant(sign_in, &grant, error) == 0) {
        sign_in->access_token = strdup(grant.access_token);
        result = sign_in->access_token ? 0 : error_memory(error);
    }
    json_wipe(document);
    return result;
}

/* ---- the end ------------------------------------------------------------ */

/* A run that shares the file may be renewing its token. */
static int lock_file(struct sign_in *sign_in, const struct secret_file *file,
                     int *lock, struct error *error)
{
    struct single_calls *calls = &sign_in->calls;
    int64_t end = single_calls_now(calls) + LOCK_MS;

    for (;;) {
        int64_t now = single_calls_now(calls);

        if (secret_file_lock(file, lock, error))
            return -1;
        if (*lock >= 0)
            return 0;
        if (now >= end)
            return error_set(error, ERROR_LOCAL,
                             "another process holds the lock on %s, so the "
                             "refresh token was not stored; end that process, "
                             "and start --sign-in again",
                             file->path);
        if (single_calls_pause(calls, now + LOCK_PAUSE, error))
            return -1;
    }
}

static int store(struct sign_in *sign_in, struct error *error)
{
    const struct credentials *credentials = sign_in->credentials;
    const struct secret_file file = {
        .files = sign_in->platform->files,
        .random = sign_in->platform->random,
        .variable = credentials_label(credentials, CREDENTIALS_PART_REFRESH),
        .path = credentials->refresh_file,
        .allowed = credentials->refresh_trusted ? S_IRWXG | S_IRWXO : 0,
        .kind = ERROR_LOCAL,
    };
    int lock, result;

    if (lock_file(sign_in, &file, &lock, error))
        return -1;
    result = secret_file_replace(&file, sign_in->refresh_token, error);
    secret_file_unlock(&file, lock);
    if (result == 0)
        fprintf(sign_in->messages, "The refresh token is stored in %s.\n",
                file.path);
    (void)fflush(sign_in->messages);
    return result;
}

/* Without a developer token the user cannot be fetched yet. */
static int show_user(const struct sign_in *sign_in, FILE *out,
                     struct error *error)
{
    const struct service *service = sign_in->options->service;
    struct credentials signed_in = *sign_in->credentials;

    signed_in.access_token = sign_in->access_token;
    if (!service->identity)
        return 0;
    if (!service->developer_token || signed_in.developer_token)
        return whoami_show(sign_in->platform, sign_in->options, &signed_in,
                           sign_in->stop, out, error);
    fputs("Set BAUSER_DEVELOPER_TOKEN_FILE to the name of a file with the "
          "developer token; then bauser-batch --whoami shows who is signed "
          "in.\n",
          sign_in->messages);
    return 0;
}

static int sign_in_all(struct sign_in *sign_in, FILE *out, struct error *error)
{
    int result = sign_in->options->device ? sign_in_by_device(sign_in, error)
                                          : sign_in_by_browser(sign_in, error);

    if (result || store(sign_in, error))
        return -1;
    return show_user(sign_in, out, error);
}

int sign_in_run(const struct platform *platform, const struct options *options,
                const struct credentials *credentials,
                const volatile sig_atomic_t *stop, FILE *out, FILE *messages,
                struct error *error)
{
    struct sign_in sign_in = {.platform = platform,
                              .options = options,
                              .credentials = credentials,
                              .stop = stop,
                              .messages = messages};
    int result =
        single_calls_open(&sign_in.calls, platform, options, credentials,
                          credentials->token_url, stop, error) ||
                sign_in_all(&sign_in, out, error)
            ? -1
            : 0;

    single_calls_close(&sign_in.calls);
    secret_file_free(sign_in.access_token);
    secret_file_free(sign_in.refresh_token);
    return result;
}
