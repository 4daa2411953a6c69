#include "cli/resume_command.h"

#include <stdbool.h>
#include <string.h>

#include "cli/option_table.h"

/* Prints a word so that every POSIX shell reads it unchanged. '=' needs quotes
 * only in the command's name, which would become an assignment. */
static void print_word(FILE *stream, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:@_=";
    const char *rest = word;
    size_t len;

    if (*word && word[strspn(word, plain)] == '\0' &&
        (strncmp(word, "--", 2) == 0 || !strchr(word, '='))) {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    while (rest[len = strcspn(rest, "'")]) {
        fprintf(stream, "%.*s'\\''", (int)len, rest);
        rest += len + 1;
    }
    fprintf(stream, "%s'", rest);
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
