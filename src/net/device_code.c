#include "net/device_code.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret_file.h"
#include "base/utf8.h"

/* In milliseconds. */
#define SECOND           1000
#define DEFAULT_INTERVAL (5 * SECOND) /* RFC 8628, section 3.2 */
#define MAX_INTERVAL     (60 * SECOND)
#define DEFAULT_LIFE     (15 * 60 * SECOND)
#define MAX_LIFE         (60 * 60 * SECOND)
#define SLOW_DOWN        (5 * SECOND) /* section 3.5 */

/* A number of seconds in milliseconds, bounded. Some servers send a string. */
static int64_t read_seconds(const struct cJSON *value, int64_t initial,
                            int64_t max)
{
    const char *text = json_text(value);
    char *end;
    double seconds = text ? strtod(text, &end) : 0;

    if (!text || end == text || *end || !(seconds > 0))
        return initial;
    if (seconds * SECOND < SECOND)
        return SECOND;
    return seconds * SECOND < (double)max ? (int64_t)(seconds * SECOND) : max;
}

/* The address is opened by the user and shown in a terminal. */
static int copy_text(char *text, size_t size, const struct cJSON *value)
{
    const char *given = json_is_string(value) ? json_text(value) : "";

    return *given && !utf8_clean(text, size, given) && strcmp(text, given) == 0
               ? 0
               : -1;
}

static const char *take(struct device_code *device, const struct cJSON *root,
                        int64_t now)
{
    const struct cJSON *code = json_member(root, "device_code");
    const char *text = json_is_string(code) ? json_text(code) : NULL;

    if (!text || !secret_file_is_token(text, strlen(text)))
        return "JSON without a valid device_code";
    if (copy_text(device->user_code, sizeof(device->user_code),
                  json_member(root, "user_code")) ||
        copy_text(device->address, sizeof(device->address),
                  json_member(root, "verification_uri")))
        return "JSON without a user_code or a verification_uri";
    device->interval = read_seconds(json_member(root, "interval"),
                                    DEFAULT_INTERVAL, MAX_INTERVAL);
    device->expires = now + read_seconds(json_member(root, "expires_in"),
                                         DEFAULT_LIFE, MAX_LIFE);
    device->code = strdup(text);
    return NULL;
}

int device_code_parse(struct device_code *device,
                      const struct http_response *response, int64_t now,
                      struct oauth_error *error)
{
    struct cJSON *document = oauth_parse_document(response, error);
    const char *why;

    *device = (struct device_code){.code = NULL};
    if (!document)
        return -1;
    why = take(device, document, now);
    json_wipe(document);
    if (why)
        oauth_set_unexpected(error, response, why);
    else if (!device->code)
        *error = (struct oauth_error){.kind = OAUTH_NO_MEMORY,
                                      .name = "OutOfMemory"};
    return device->code ? 0 : -1;
}

void device_code_clear(struct device_code *device)
{
    secret_file_free(device->code);
    device->code = NULL;
}

enum device_poll device_code_judge(struct device_code *device,
                                   const struct oauth_error *error, int64_t now)
{
    bool pending = strcmp(error->name, "authorization_pending") == 0;
    bool slower = strcmp(error->name, "slow_down") == 0;
    bool failed = error->kind == OAUTH_RETRY || error->kind == OAUTH_THROTTLED;

    if (strcmp(error->name, "expired_token") == 0)
        return DEVICE_EXPIRED;
    if (!pending && !slower && !failed)
        return DEVICE_REFUSED;
    /* A failed poll also asks for fewer polls (section 3.5). */
    if (!pending && device->interval < MAX_INTERVAL)
        device->interval += SLOW_DOWN;
    return now + device->interval < device->expires ? DEVICE_WAIT
                                                    : DEVICE_EXPIRED;
}
