/*
 * The paths of Partner Center: a customer's user, and the lists.
 */
#ifndef PARTNER_PATH_H
#define PARTNER_PATH_H

#include <stdbool.h>

#define PARTNER_PATH_BASE "/v1/"
#define PARTNER_PATH_ID   64 /* bytes of an id, with its NUL */

/* Splits the path of a user. tenant and user have PARTNER_PATH_ID bytes.
 * False: it is another path. */
bool partner_path_split(const char *path, char *tenant, char *user);

/* Is it the path of the customers, or of the users of one? tenant has
 * PARTNER_PATH_ID bytes; "": the path is that of the customers. */
bool partner_path_is_list(const char *path, char *tenant);

#endif
