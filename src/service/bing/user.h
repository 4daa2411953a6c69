/*
 * What REST and SOAP share of reading users of Microsoft Advertising: which of
 * them may be sent back, their TimeStamps and times.
 */
#ifndef SERVICE_BING_USER_H
#define SERVICE_BING_USER_H

#include "service/service.h"

/* The checks of a user that GetUser has returned for a key: is it the one that
 * was asked for, with its TimeStamps (that of the address too, where it has
 * one), and nothing masked? -1: the fault WrongUser or MaskedUser. */
int bing_user_check(const struct service *service, const struct user *user,
                    const char *key, bool has_address, bool has_masked_text,
                    struct api_error *api_error);

/* As user_stamps() and user_last_modified() of a service. */
void bing_user_stamps(const struct service *service, const struct user *user,
                      char stamps[SERVICE_STAMPS_SIZE]);
void bing_user_last_modified(const struct service *service,
                             const struct user *user,
                             char last_modified[SERVICE_TIME_SIZE]);

/* Copies a LastModifiedTime. -1 where the text (it may be NULL) is none. */
int bing_take_time(const char *text, char time[SERVICE_TIME_SIZE]);

#endif
