/*
 * How Microsoft Advertising lists users, by REST and SOAP: GetUser without an
 * Id returns the roles of the signed-in user, and so the customers;
 * GetUsersInfo returns the users of a customer with one status, in one response
 * without pages. Source: the service's reference of GetUser, GetUsersInfo and
 * CustomerRole.
 */
#ifndef SERVICE_BING_LIST_H
#define SERVICE_BING_LIST_H

#include "service/list.h"
#include "service/service.h"

extern const struct list_service bing_rest_list;
extern const struct list_service bing_soap_list;

/* The members that are the same for both. */
#define BING_LIST                                                              \
    .columns = {"Id", "UserName", "_CustomerId", "_UserLifeCycleStatus"},      \
    .column_count = 4, .customer = 2, .id = 0, .name = 1,                      \
    .parts = BING_LIST_PARTS

#define BING_LIST_PARTS 3

/* The StatusFilter of a call. */
const char *bing_list_status(const struct list_call *call);

/* Add a user, and a customer, to the call. Return NULL, or what is wrong with
 * it. Texts may be NULL. */
const char *bing_list_add_user(struct list_call *call, const char *id,
                               const char *name);
const char *bing_list_add_customer(struct list_call *call, const char *id);

#endif
