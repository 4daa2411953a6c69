#include "cli/resume_command.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

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

/* Is the word this option, with or without its value? option may be NULL. */
static bool is_option(const char *word, const char *option)
{
    size_t len = option ? strlen(option) : 0;

    return len > 0 && strncmp(word, option, len) == 0 &&
           (word[len] == '\0' || word[len] == '=');
}

/* without: options that are left out, at most three; NULL: none. */
static void print_words(int argc, char *argv[], const char *const without[3],
                        FILE *stream)
{
    bool ended = false; /* by "--" */

    for (int i = 1; i < argc; i++) {
        bool takes_value = !ended && takes_next_word(argv[i]);

        if (!ended &&
            (is_option(argv[i], "--restart") ||
             is_option(argv[i], without[0]) || is_option(argv[i], without[1]) ||
             is_option(argv[i], without[2]))) {
            i += takes_value;
            continue;
        }
        fputc(' ', stream);
        print_word(stream, argv[i]);
        ended = ended || strcmp(argv[i], "--") == 0;
        if (takes_value && i + 1 < argc) {
            fputc(' ', stream);
            print_word(stream, argv[++i]);
        }
    }
}

static bool is_standard_input(const char *input)
{
    return strcmp(input, "-") == 0 || strcmp(input, "/dev/stdin") == 0;
}

static void print_redirection(const char *operator, const char * path,
                              FILE *stream)
{
    if (!*path)
        return;
    fputs(operator, stream);
    print_word(stream, path);
}

static void print_redirections(const struct options *options,
                               const struct redirections *redirections,
                               FILE *stream)
{
    if (is_standard_input(options->input))
        print_redirection(" <", redirections->input, stream);
    if (options->output && strcmp(options->output, "-") == 0)
        print_redirection(" >", redirections->output, stream);
    fputc('\n', stream);
}

void resume_command_print(const struct options *options, int argc, char *argv[],
                          const struct redirections *redirections,
                          const char *without, FILE *stream)
{
    const char *const left_out[3] = {without, NULL, NULL};

    print_word(stream, argv[0]);
    if (!options->resume)
        fputs(" --resume", stream);
    print_words(argc, argv, left_out, stream);
    print_redirections(options, redirections, stream);
}

void retry_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections, FILE *stream)
{
    static const char *const left_out[3] = {"--resume", "--no-clobber",
                                            "--retry-failed"};

    print_word(stream, argv[0]);
    fputs(" --retry-failed", stream);
    print_words(argc, argv, left_out, stream);
    print_redirections(options, redirections, stream);
}

bool resume_command_lacks_input(const struct options *options,
                                const struct redirections *redirections)
{
    struct stat status;

    if (is_standard_input(options->input))
        return !*redirections->input;
    return stat(options->input, &status) || !S_ISREG(status.st_mode);
}
