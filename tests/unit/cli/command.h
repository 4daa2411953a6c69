/*
 * Command lines for tests: parses one, or expects that it is refused.
 */
#ifndef UNIT_CLI_COMMAND_H
#define UNIT_CLI_COMMAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command_line.h"

#define WORDS_MAX 32

/* The words of a command, separated by spaces, as an argv. */
struct command {
    char text[512];
    char *argv[WORDS_MAX + 1];
    int argc;
};

static inline void make_command(struct command *command, const char *text)
{
    char *next;

    snprintf(command->text, sizeof(command->text), "bauser-batch %s", text);
    command->argc = 0;
    for (char *word = command->text; word; word = next) {
        next = strchr(word, ' ');
        if (next)
            *next++ = '\0';
        assert_in_range(command->argc, 0, WORDS_MAX - 1);
        command->argv[command->argc++] = word;
    }
    command->argv[command->argc] = NULL;
}

static inline void parse(struct options *options, struct command *command,
                         const char *text)
{
    struct error error;

    make_command(command, text);
    if (command_line_parse(options, command->argc, command->argv, &error))
        fail_msg("%s: %s", text, error.text);
}

/* The command line must be refused, with a message that contains the part. */
static inline void assert_refused(const char *text, const char *part)
{
    struct command command;
    struct options options;
    struct error error = {.kind = ERROR_NONE};

    make_command(&command, text);
    if (command_line_parse(&options, command.argc, command.argv, &error) == 0)
        fail_msg("%s is accepted", text);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", text, error.text);
    options_clear(&options);
}

#endif
