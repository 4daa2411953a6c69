/*
 * Who is signed in to Microsoft Advertising: GetUser without an Id returns the
 * user who signs in, and their role for each customer. Source: the service's
 * reference of GetUser and CustomerRole.
 */
#ifndef SERVICE_BING_IDENTITY_H
#define SERVICE_BING_IDENTITY_H

#include "service/identity.h"
#include "service/service.h"

extern const struct identity_service bing_rest_identity;
extern const struct identity_service bing_soap_identity; /* v12 and v13 */

/* The texts of a response; NULL: absent. */
struct bing_person {
    const char *id, *user_name, *first_name, *last_name;
};

void bing_identity_set_user(struct identity *identity,
                            const struct bing_person *person);

/* Adds a customer; its number, and the number of the role. -1: out of memory.
 */
int bing_identity_add_role(struct identity *identity, const char *customer,
                           const char *role);

#endif
