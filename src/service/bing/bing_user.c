#include "service/bing/bing_user.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fnv1a.h"
#include "base/number.h"
#include "base/timestamp.h"
#include "service/bing/bing_columns.h"

int bing_user_check(const struct service *service, const struct user *user,
                    const char *key, bool has_address, bool has_masked_text,
                    struct api_error *api_error)
{
    const char *id = service->user_value(user, BING_COLUMN_ID);
    int64_t wanted, given;

    if (!id || number_parse_long(id, &given) ||
        number_parse_long(key, &wanted) || given != wanted)
        return api_error_refuse_user(api_error, API_ERROR_USER_OTHER);
    if (!service->user_value(user, BING_COLUMN_TIME_STAMP) ||
        (has_address &&
         !service->user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP)))
        return api_error_refuse_user(api_error, API_ERROR_USER_BARE);
    if (has_masked_text)
        return api_error_refuse_user(api_error, API_ERROR_USER_MASKED);
    return 0;
}

void bing_user_stamps(const struct service *service, const struct user *user,
                      char stamps[SERVICE_STAMPS_SIZE])
{
    const char *own = service->user_value(user, BING_COLUMN_TIME_STAMP);
    const char *its = service->user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP);
    size_t own_len, its_len;

    own = own ? own : "";
    its = its ? its : "";
    own_len = strlen(own);
    its_len = strlen(its);
    if (own_len + its_len + 2 > SERVICE_STAMPS_SIZE) {
        /* They are eight bytes each as a rule, but nobody has promised that. */
        (void)snprintf(stamps, SERVICE_STAMPS_SIZE, "fnv1a64 %016" PRIx64,
                       fnv1a_extend(fnv1a_hash(own), its));
        return;
    }
    memcpy(stamps, own, own_len);
    stamps[own_len] = ' ';
    memcpy(stamps + own_len + 1, its, its_len + 1);
}

void bing_user_last_modified(const struct service *service,
                             const struct user *user,
                             char last_modified[SERVICE_TIME_SIZE])
{
    const char *text =
        service->user_value(user, BING_COLUMN_LAST_MODIFIED_TIME);

    if (bing_take_time(text, last_modified))
        last_modified[0] = '\0';
}

int bing_take_time(const char *text, char time[SERVICE_TIME_SIZE])
{
    size_t len = text ? strlen(text) : 0;
    struct timestamp instant;

    if (len == 0 || len >= SERVICE_TIME_SIZE || timestamp_parse(text, &instant))
        return -1;
    memcpy(time, text, len + 1);
    return 0;
}
