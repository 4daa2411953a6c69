/*
 * Lists of customers and of their users.
 *
 * Microsoft Advertising has world.customers customers, to which the user who
 * signs in has access. User number N, counted from 0, belongs to customer N
 * modulo their number. A list has all users of one status, in one response.
 *
 * Partner Center has world.tenants tenants. Its lists have pages, and a token
 * for the next one.
 */
#ifndef LISTS_H
#define LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "call.h"

/* Writes the Id of a customer, LISTS_ID bytes. */
#define LISTS_ID 24
void lists_customer_id(uint64_t number, char *out);

/* Sets call->user to the value of UsersInfo: an array, or null if it would be
 * empty. status: NULL means every status but Deleted. Refuses a customer that
 * the user has no access to. */
void lists_users_info(struct call *call, const char *customer,
                      const char *status);

/* Sets call->user to a page of tenants, or of the users of call->tenant. The
 * parameters are those of the URL. */
void lists_tenants(struct call *call);
void lists_partner_users(struct call *call);

#endif
