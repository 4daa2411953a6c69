/*
 * The shells of --completion.
 */
#ifndef CLI_COMPLETION_SHELL_H
#define CLI_COMPLETION_SHELL_H

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

#define COMPLETION_SHELLS 3

/* The name of a shell, as in --completion. */
const char *completion_shell_name(enum completion_shell shell);

#endif
