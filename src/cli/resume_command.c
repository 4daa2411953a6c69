#include "cli/resume_command.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "base/shell_quote.h"
#include "cli/option_table.h"

/* A path is shorter than the room. A longer word is printed as "...". */
static void print_word(FILE *stream, const char *word)
{
    char text[SHELL_QUOTE_SIZE(PATH_MAX)];

    shell_quote(text, sizeof(text), word);
    fputs(text, stream);
}

/* Is the next word the value of this one? Short options take no value. */
static bool takes_next_word(const char *word)
{
    const struct option_spec *spec = option_table_find(word);

    return spec && spec->argument && !strchr(word, '=');
}

void resume_command_print(const struct options *options, int argc, char *argv[],
                          FILE *stream)
{
    bool is_option = true; /* may the next word be an option? */
    bool ended = false;    /* by "--" */

    print_word(stream, argv[0]);
    if (!options->resume)
        fputs(" --resume", stream);
    for (int i = 1; i < argc; i++) {
        if (is_option && strcmp(argv[i], "--restart") == 0)
            continue;
        fputc(' ', stream);
        print_word(stream, argv[i]);
        ended = ended || (is_option && strcmp(argv[i], "--") == 0);
        is_option = !ended && !(is_option && takes_next_word(argv[i]));
    }
    fputc('\n', stream);
}
