/*
 * For both REST and SOAP, when they parse users of Microsoft Advertising: which
 * users may be sent back, their TimeStamps and times.
 */
#ifndef SERVICE_BING_USER_H
#define SERVICE_BING_USER_H

#include "service/service.h"

/* The facts that bing_user_check() needs. A text is NULL if it is absent. */
struct bing_user_facts {
    const char *id;
    const char *time_stamp;
    const char *address_time_stamp;
    bool has_address;
    bool has_masked_text;
};

/* May the user that GetUser returned for a key be sent back? It must be the
 * requested user, with its TimeStamps and without masked values. -1: WrongUser
 * or MaskedUser. */
int bing_user_check(const struct bing_user_facts *facts, const char *key,
                    struct api_error *api_error);

/* Writes user_stamps() of a service: both TimeStamps, or their hash if they are
 * too long. Texts may be NULL: absent. */
void bing_user_put_stamps(const char *time_stamp,
                          const char *address_time_stamp,
                          char stamps[SERVICE_STAMPS_SIZE]);

/* Copies a LastModifiedTime. If the text is NULL, not a time or too long, makes
 * the copy empty and returns -1. */
int bing_user_put_time(const char *text, char time[SERVICE_TIME_SIZE]);

#endif
