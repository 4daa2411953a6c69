/*
 * What each call to the service needs, from the options and the credentials.
 */
#ifndef RUN_SERVICE_CONTEXT_H
#define RUN_SERVICE_CONTEXT_H

#include "base/random.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "service/service.h"

/* Borrows all of it. */
struct call_context service_context(const struct options *options,
                                    const struct credentials *credentials,
                                    const struct random *random);

#endif
