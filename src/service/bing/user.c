#include "service/bing/user.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fnv1a.h"
#include "base/number.h"
#include "base/timestamp.h"

int bing_user_check(const struct bing_user_facts *facts, const char *key,
                    struct api_error *api_error)
{
    int64_t requested, returned;

    if (!facts->id || number_parse_long(facts->id, &returned) ||
        number_parse_long(key, &requested) || returned != requested)
        return api_error_refuse_user(api_error, API_ERROR_USER_WRONG);
    if (!facts->time_stamp ||
        (facts->has_address && !facts->address_time_stamp))
        return api_error_refuse_user(api_error, API_ERROR_USER_NO_STAMP);
    if (facts->has_masked_text)
        return api_error_refuse_user(api_error, API_ERROR_USER_MASKED);
    return 0;
}

void bing_user_put_stamps(const char *time_stamp,
                          const char *address_time_stamp,
                          char stamps[SERVICE_STAMPS_SIZE])
{
    const char *first = time_stamp ? time_stamp : "";
    const char *second = address_time_stamp ? address_time_stamp : "";

    if (strlen(first) + strlen(second) + 2 > SERVICE_STAMPS_SIZE) {
        /* They usually have eight bytes each, but no reference says so. */
        (void)snprintf(stamps, SERVICE_STAMPS_SIZE, "fnv1a64 %016" PRIx64,
                       fnv1a_extend(fnv1a_hash(first), second));
        return;
    }
    (void)snprintf(stamps, SERVICE_STAMPS_SIZE, "%s %s", first, second);
}

int bing_user_put_time(const char *text, char time[SERVICE_TIME_SIZE])
{
    size_t len = text ? strlen(text) : 0;
    struct timestamp instant;

    *time = '\0';
    if (len == 0 || len >= SERVICE_TIME_SIZE || timestamp_parse(text, &instant))
        return -1;
    memcpy(time, text, len + 1);
    return 0;
}
