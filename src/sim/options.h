/*
 * The command line.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"
#include "settings.h"
#include "world.h"

struct options {
    unsigned port, control_port, idle_timeout;
    const char *refresh_token;
    const char *cert_file, *key_file; /* NULL: no TLS */
    bool exit_with_parent;
    struct world world;
    struct settings settings;
    struct limits limits;
};

enum options_result { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_INVALID };

/* Parses the arguments; options keeps pointers into argv. OPTIONS_HELP:
 * --help was given. OPTIONS_INVALID: the message is on standard error.
 * limits_free() must follow for the limits. */
enum options_result options_read(struct options *options, int argc,
                                 char **argv);

/* Prints the help to standard output. */
void options_help(void);

#endif
