/*
 * What each call to the service needs, from the options and the credentials.
 */
#ifndef SETUP_SERVICE_CONTEXT_H
#define SETUP_SERVICE_CONTEXT_H

#include "base/random.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "service/service.h"

/* Borrows all of it. */
struct call_context service_context(const struct options *options,
                                    const struct credentials *credentials,
                                    const struct random *random);

#endif
