/*
 * What calls to the service and to the token endpoint need, from the options
 * and the credentials.
 */
#ifndef SETUP_SERVICE_CONTEXT_H
#define SETUP_SERVICE_CONTEXT_H

#include "base/random.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "net/auth.h"
#include "service/service.h"

/* Borrows all of it. */
struct call_context service_context(const struct options *options,
                                    const struct credentials *credentials,
                                    const struct random *random);

/* Where the sign-in comes from, for messages. Borrowed from the credentials. */
struct auth_labels service_context_labels(
    const struct credentials *credentials);

#endif
