#include "cli/completion_shell.h"

const char *completion_shell_name(enum completion_shell shell)
{
    static const char *const names[COMPLETION_SHELLS] = {
        [COMPLETION_BASH] = "bash",
        [COMPLETION_ZSH] = "zsh",
        [COMPLETION_FISH] = "fish",
    };

    return names[shell];
}
