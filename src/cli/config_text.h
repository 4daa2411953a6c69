/*
 * Parses the text of a configuration file. Pure.
 *
 *     # a comment, also after a value
 *     [section]
 *     key = value
 *     key = "a value with # or blanks at its ends"
 *
 * UTF-8, with or without a byte-order mark; lines end in LF or CRLF. A line can
 * be indented. A value in "..." may contain \" and \\; in '...', every
 * character stands for itself. Without quotes, a value ends before a blank and
 * a '#', as in a shell. A blank and a ';' need quotes, since ';' begins a
 * comment for some programs and separates commands for others.
 */
#ifndef CLI_CONFIG_TEXT_H
#define CLI_CONFIG_TEXT_H

#include <stddef.h>

#include "base/error.h"

#define CONFIG_TEXT_LINE_MAX 4000 /* bytes of a line */
#define CONFIG_TEXT_NAME_MAX 40   /* bytes of a section's name */

/* Takes what is found, in the order of the lines, which count from 1. Strings
 * are borrowed for the call. */
struct config_handler {
    /* The name of a wrong heading is "". */
    void (*section)(void *context, unsigned line, const char *name);
    void (*value)(void *context, unsigned line, const char *key,
                  const char *value);
    /* The line is wrong, in the words of the text. */
    void (*flaw)(void *context, unsigned line, const char *text);
};

/* len bytes are parsed, and a NUL follows them. -1 as ERROR_LOCAL without
 * memory. */
int config_text_parse(const char *text, size_t len,
                      const struct config_handler *handler, void *context,
                      struct error *error);

#endif
