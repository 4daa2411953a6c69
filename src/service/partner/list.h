/*
 * How Partner Center lists users: pages of customers, and pages of the users of
 * a customer, each with a token for the next page. Source: the service's
 * reference "Get a list of customers", "Get a list of all user accounts for a
 * customer", and "View a deleted user for a customer".
 */
#ifndef SERVICE_PARTNER_LIST_H
#define SERVICE_PARTNER_LIST_H

#include "service/list.h"

extern const struct list_service partner_list;

#endif
