/*
 * Removes values of users and secrets from the messages of the service, which
 * may repeat them.
 */
#ifndef USER_REDACT_H
#define USER_REDACT_H

#include <stdbool.h>

#include "service/api_error.h"
#include "service/row.h"
#include "service/service.h"

/* The values that a message may contain; borrowed. */
struct known_values {
    const struct call_context *context;
    const struct row *rows;     /* NULL: none */
    const struct user *user;    /* NULL: unknown */
    const char *const *earlier; /* values that the user had before an update,
                                   NULL at the end; NULL: none */
    bool raw_messages;          /* only secrets are redacted */
};

/* Copies the user's values of these columns, for known_values.earlier, to be
 * freed by free(). NULL: out of memory. */
const char **redact_copy_values(const struct service *service,
                                const struct user *user, column_mask columns);

/* Replaces values by "***" in the message of an error that the service has
 * reported, as redact_text(): each cell of the rows, each personal value of the
 * user, and each secret. Words of vocabulary.h and names of columns are public.
 * A name or tracking id that contains a secret becomes empty. So does the
 * message without memory. */
void redact_error(struct api_error *api_error,
                  const struct known_values *known);

#endif
