/*
 * A list of users that --list or --export has saved, plain or gzip: their Ids,
 * names and customers.
 */
#ifndef INPUT_USER_LIST_H
#define INPUT_USER_LIST_H

#include <signal.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_system.h"
#include "input/name_index.h"
#include "service/service.h"

/* Receives a user, borrowed for the call. A failure ends the reading with this
 * error. */
typedef int user_list_take_fn(void *context, const struct listed_user *user,
                              struct error *error);

struct user_list_setup {
    const struct file_system *files;
    const char *path;
    const struct service *service;
    const char *tenant; /* of all users, if the list has no column for tenants;
                           or NULL */
};

/* Reads the list. Its columns may have any order, and others are not read. A
 * list is used as a whole or not at all: a name may be that of two users, of
 * which a damaged list contains one.
 *
 * ERROR_USAGE if it cannot be opened or is no regular file, ERROR_INPUT if it
 * is refused, ERROR_STOPPED if *stop became nonzero, ERROR_LOCAL, or the error
 * of take. */
int user_list_read(const struct user_list_setup *setup, user_list_take_fn *take,
                   void *context, const volatile sig_atomic_t *stop,
                   struct error *error);

#endif
