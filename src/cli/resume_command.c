#include "cli/resume_command.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/shell_quote.h"
#include "cli/option_table.h"
#include "cli/settings.h"
#include "service/service.h"

/* A path is shorter than the room. A longer word is printed as "...". */
static void print_word(FILE *stream, const char *word)
{
    char text[SHELL_QUOTE_SIZE(PATH_MAX)];

    shell_quote(text, sizeof(text), word);
    fputs(text, stream);
}

/* Is the word this option, with or without its value? option may be NULL. */
static bool is_option(const char *word, const char *option)
{
    size_t len = option ? strlen(option) : 0;

    return len > 0 && strncmp(word, option, len) == 0 &&
           (word[len] == '\0' || word[len] == '=');
}

static bool is_in(const char *word, const char *const *options)
{
    for (; *options; options++)
        if (is_option(word, *options))
            return true;
    return false;
}

/* Is the word an option of the run that the printed command must not have? */
typedef bool left_out_fn(const char *word, const char *stopped_by);

/* A bound of time stays: for a resumed run, it is a new time. */
static bool is_not_resumed(const char *word, const char *stopped_by)
{
    static const char *const times[] = {"--max-duration", "--until", NULL};

    if (stopped_by && is_in(stopped_by, times))
        stopped_by = NULL;
    return is_option(word, "--restart") || is_option(word, stopped_by);
}

/* Without a journal there is nothing to resume. */
static bool is_not_repeated(const char *word, const char *stopped_by)
{
    return is_option(word, "--resume") || is_not_resumed(word, stopped_by);
}

static bool is_not_retried(const char *word, const char *stopped_by)
{
    static const char *const options[] = {
        "--failed", "--no-clobber",   "--restart", "--resume",
        "--undo",   "--retry-failed", NULL};

    (void)stopped_by;
    return is_in(word, options);
}

/* The encoding is that of INPUT. A corrected Id may be of another shard. */
static bool is_not_corrected(const char *word, const char *stopped_by)
{
    static const char *const options[] = {"--approve",
                                          "--encoding",
                                          "--failed",
                                          "--limit",
                                          "--max-changes",
                                          "--metrics",
                                          "--no-clobber",
                                          "--report",
                                          "--report-values",
                                          "--restart",
                                          "--resume",
                                          "--retry-failed",
                                          "--shard",
                                          "--shard-by",
                                          "--skip",
                                          "--summary",
                                          "--undo",
                                          "--where",
                                          NULL};

    (void)stopped_by;
    return is_in(word, options);
}

/* The failed rows of a plan have its layout, also without --approve. What the
 * command line says of the layout stays. */
static bool is_not_corrected_plan(const char *word, const char *stopped_by)
{
    const struct option_spec *spec = option_table_find(word);

    return is_not_corrected(word, stopped_by) || (spec && spec->layout);
}

/* The file of --undo has its own columns and all its rows, and no monitoring
 * waits for it. */
static bool is_not_undone(const char *word, const char *stopped_by)
{
    static const char *const kept[] = {"--allow-suspicious", "--clear-token",
                                       "--no-lock", "--raw-messages", NULL};
    static const char *const options[] = {
        "--limit", "--max-changes", "--max-duration", "--on-end", "--ping",
        "--shard", "--shard-by",    "--until",        NULL};
    const struct option_spec *spec = option_table_find(word);

    (void)stopped_by;
    return spec && !is_in(word, kept) &&
           (spec->group == GROUP_INPUT || spec->group == GROUP_OUTPUT ||
            is_in(word, options));
}

/* A plan has its own columns and all its rows, and is applied. What is
 * configured to protect users and files is meant for it. */
static bool is_not_approved(const char *word, const char *stopped_by)
{
    static const char *const options[] = {"--detailed-exit-code", NULL};
    static const char *const kept[] = {"--max-changes", "--no-clobber",
                                       "--undo", NULL};
    const struct option_spec *spec = option_table_find(word);

    return (is_not_undone(word, stopped_by) && !is_in(word, kept)) ||
           (spec && spec->group == GROUP_MODES) || is_in(word, options) ||
           (*word == '-' && word[1] != '-' && word[1] != '\0');
}

/* Another mode with the same rows. */
static bool is_not_reconciled(const char *word, const char *stopped_by)
{
    static const char *const kept[] = {"--shard", "--shard-by", NULL};
    const struct option_spec *spec = option_table_find(word);

    return !is_in(word, kept) && (is_option(word, "--approve") ||
                                  ((!spec || spec->group != GROUP_INPUT) &&
                                   is_not_undone(word, stopped_by)));
}

static bool is_not_reconciled_plan(const char *word, const char *stopped_by)
{
    const struct option_spec *spec = option_table_find(word);

    return is_not_reconciled(word, stopped_by) || (spec && spec->layout);
}

/* The encoding is that of INPUT. */
static bool is_not_resolved(const char *word, const char *stopped_by)
{
    static const char *const options[] = {"--encoding", "--no-clobber",
                                          "--resolve", "--users", NULL};

    return is_in(word, options) || is_option(word, stopped_by);
}

/* Another mode, whose INPUT is the list. */
static bool is_not_exported(const char *word, const char *stopped_by)
{
    const struct option_spec *spec = option_table_find(word);

    return is_not_undone(word, stopped_by) || is_option(word, stopped_by) ||
           (spec && spec->group == GROUP_MODES);
}

/* A date is the end of this run only. value: of the option; may be NULL */
static bool is_dated(const char *word, const char *value)
{
    return is_option(word, "--until") && value && strchr(value, '-');
}

/* Prints the words of the run. not_operands: without INPUT and OUTPUT of these
 * options; NULL: with them. */
static void print_words(int argc, char *argv[], left_out_fn *left_out,
                        const char *stopped_by,
                        const struct options *not_operands, FILE *stream)
{
    bool ended = false; /* by "--" */

    for (int i = 1; i < argc; i++) {
        bool takes_value = !ended && option_table_takes_next(argv[i]);

        if (!ended && (left_out(argv[i], stopped_by) ||
                       is_dated(argv[i], takes_value ? argv[i + 1]
                                                     : strchr(argv[i], '=')))) {
            i += takes_value;
            continue;
        }
        ended = ended || strcmp(argv[i], "--") == 0;
        if (not_operands && (ended || argv[i] == not_operands->input ||
                             argv[i] == not_operands->output))
            continue;
        fputc(' ', stream);
        print_word(stream, argv[i]);
        if (takes_value && i + 1 < argc) {
            fputc(' ', stream);
            print_word(stream, argv[++i]);
        }
    }
}

static void print_option(const char *name, const char *value, FILE *stream)
{
    fprintf(stream, " --%s", name);
    if (!value)
        return;
    fputc(' ', stream);
    print_word(stream, value);
}

/* What print_value() needs. */
struct printing {
    const struct option_spec *spec;
    FILE *stream;
};

static int print_value(void *context, const char *value, unsigned line)
{
    const struct printing *printing = context;
    const struct option_spec *spec = printing->spec;

    (void)line;
    if (spec->argument)
        print_option(spec->name, value, printing->stream);
    else if (strcmp(value, "yes") == 0)
        print_option(spec->name, NULL, printing->stream);
    else
        print_option("unset", spec->name, printing->stream);
    return 0;
}

static bool is_left_out(const struct option_spec *spec,
                        const struct options *options, left_out_fn *left_out,
                        const char *stopped_by)
{
    char word[64];

    (void)snprintf(word, sizeof(word), "--%s", spec->name);
    return left_out(word, stopped_by) || is_dated(word, options->until);
}

/* The configuration file gives its values again, but the environment of the
 * shell into which the command is pasted may be another one. Only secrets stay
 * there. printed: options that the command contains anyway, ended by NULL. */
static void print_inherited(const struct options *options,
                            left_out_fn *left_out, const char *stopped_by,
                            const char *const *printed, FILE *stream)
{
    struct settings *settings = options->settings;

    if (!settings)
        return;
    if (!options->config && !settings_is_default_place(settings))
        print_option("config", settings_path(settings), stream);
    if (!options->profile && settings_profile(settings))
        print_option("profile", settings_profile(settings), stream);
    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        struct printing printing = {spec, stream};
        struct setting setting =
            settings_used(settings, options, spec, options->mode);

        if (is_left_out(spec, options, left_out, stopped_by)) {
            if (option_table_inherits(spec) && !is_in(spec->name, printed) &&
                !(spec->layout && left_out == is_not_approved) &&
                settings_find(settings, spec->name).value)
                print_option("unset", spec->name, stream);
        } else if (setting.source == SETTING_ENVIRONMENT && !spec->secret) {
            (void)settings_each(settings, spec, &setting, print_value,
                                &printing);
        }
    }
}

static const char *const nothing[] = {NULL};

/* Prints the name of a file that belongs to path, as an operand, or as the
 * value of an option, also if it begins with a hyphen. */
static void print_name(FILE *stream, const char *path, const char *suffix)
{
    char name[PATH_MAX + 32];

    (void)snprintf(name, sizeof(name), "%s%s%s", *path == '-' ? "./" : "", path,
                   suffix);
    fputc(' ', stream);
    print_word(stream, name);
}

/* Ends a command that reads a file of the run: INPUT, and OUTPUT beside it. */
static void print_files(const char *input, const char *suffix, FILE *stream)
{
    print_name(stream, input, "");
    print_name(stream, input, suffix);
    fputc('\n', stream);
}

/* The rest of such a command, after the program and the options of its own. */
static void print_next(const struct options *options, int argc, char *argv[],
                       left_out_fn *left_out, const char *input,
                       const char *suffix, FILE *stream)
{
    /* Some services accept a customer for a list only. */
    const char *without =
        options->service->customer == CUSTOMER_NONE ? "--customer-id" : NULL;

    print_inherited(options, left_out, without, nothing, stream);
    print_words(argc, argv, left_out, without, options, stream);
    print_files(input, suffix, stream);
}

bool resume_command_reads_standard_input(const struct options *options)
{
    return options->input && (strcmp(options->input, "-") == 0 ||
                              strcmp(options->input, "/dev/stdin") == 0);
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
    if (resume_command_reads_standard_input(options))
        print_redirection(" <", redirections->input, stream);
    if (options->output && strcmp(options->output, "-") == 0)
        print_redirection(" >", redirections->output, stream);
    fputc('\n', stream);
}

void resume_command_print(const struct options *options, int argc, char *argv[],
                          const struct redirections *redirections,
                          const char *without, FILE *stream)
{
    print_word(stream, argv[0]);
    if (!options->resume)
        fputs(" --resume", stream);
    print_inherited(options, is_not_resumed, without, nothing, stream);
    print_words(argc, argv, is_not_resumed, without, NULL, stream);
    print_redirections(options, redirections, stream);
}

void shard_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections, FILE *stream)
{
    print_word(stream, argv[0]);
    if (!options->resume)
        fputs(" --resume", stream);
    fprintf(stream, " --shard %u/%u", options->shard, options->shards);
    print_inherited(options, is_not_resumed, "--shard", nothing, stream);
    print_words(argc, argv, is_not_resumed, "--shard", NULL, stream);
    print_redirections(options, redirections, stream);
}

void again_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections,
                         const char *without, FILE *stream)
{
    print_word(stream, argv[0]);
    if (strcmp(options->output, "-") != 0)
        fputs(" --restart", stream);
    print_inherited(options, is_not_repeated, without, nothing, stream);
    print_words(argc, argv, is_not_repeated, without, NULL, stream);
    print_redirections(options, redirections, stream);
}

/* Another file than that of the run, which must stay: the values of --undo, and
 * rows of --failed that somebody corrects. */
static void print_other_file(const char *option, const char *path,
                             const char *suffix, FILE *stream)
{
    if (!path)
        return;
    fprintf(stream, " --%s", option);
    print_name(stream, path, suffix);
}

/* The options that print_other_file() prints, ended by NULL. */
static void list_other_files(const char *names[3],
                             const struct options *options)
{
    unsigned count = 0;

    if (options->failed)
        names[count++] = "failed";
    if (options->undo)
        names[count++] = "undo";
    names[count] = NULL;
}

void retry_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections, bool has_undo,
                         FILE *stream)
{
    bool is_free = options->retry_failed && !has_undo;
    const char *printed[3];

    list_other_files(printed, options);
    print_word(stream, argv[0]);
    fputs(" --retry-failed", stream);
    print_inherited(options, is_not_retried, NULL, printed, stream);
    print_other_file("failed", options->failed, RESUME_COMMAND_RETRIED, stream);
    print_other_file("undo", options->undo,
                     is_free ? "" : RESUME_COMMAND_RETRIED, stream);
    print_words(argc, argv, is_not_retried, NULL, NULL, stream);
    print_redirections(options, redirections, stream);
}

void corrected_command_print(const struct options *options, int argc,
                             char *argv[], FILE *stream)
{
    const char *printed[3];

    list_other_files(printed, options);
    print_word(stream, argv[0]);
    print_inherited(options,
                    options->approve ? is_not_corrected_plan : is_not_corrected,
                    NULL, printed, stream);
    print_words(argc, argv, is_not_corrected, NULL, options, stream);
    print_other_file("failed", options->failed, ".failed.csv", stream);
    print_other_file("undo", options->undo, ".corrected.csv", stream);
    print_files(options->failed, ".result.csv", stream);
}

void undo_command_print(const struct options *options, int argc, char *argv[],
                        FILE *stream)
{
    print_word(stream, argv[0]);
    print_next(options, argc, argv, is_not_undone, options->undo, ".result.csv",
               stream);
}

void approve_command_print(const struct options *options, int argc,
                           char *argv[], const char *sha256, FILE *stream)
{
    /* The file of the dry run has rows that are not in the plan. */
    const char *const printed[] = {options->failed ? "failed" : NULL, NULL};
    struct options applied = *options; /* for which more can be configured */

    applied.mode = MODE_APPLY;
    print_word(stream, argv[0]);
    fputs(" --approve ", stream);
    print_word(stream, sha256);
    print_inherited(&applied, is_not_approved, NULL, printed, stream);
    print_words(argc, argv, is_not_approved, NULL, options, stream);
    print_other_file("failed", options->failed, ".approved.csv", stream);
    print_files(options->plan, ".result.csv", stream);
}

void reconcile_command_print(const struct options *options, int argc,
                             char *argv[],
                             const struct redirections *redirections,
                             FILE *stream)
{
    struct options compared = *options;

    compared.mode = MODE_RECONCILE;
    print_word(stream, argv[0]);
    fputs(" --reconcile", stream);
    print_inherited(&compared,
                    options->approve ? is_not_reconciled_plan
                                     : is_not_reconciled,
                    NULL, nothing, stream);
    print_words(argc, argv, is_not_reconciled, NULL, options, stream);
    if (strcmp(options->input, "-") == 0)
        fputs(" -", stream);
    else
        print_name(stream, options->input, "");
    print_name(stream, options->output, ".reconcile.csv");
    print_redirections(options, redirections, stream);
}

void resolved_command_print(const struct options *options, int argc,
                            char *argv[], FILE *stream)
{
    print_word(stream, argv[0]);
    print_next(options, argc, argv, is_not_resolved, options->output,
               ".result.csv", stream);
}

void export_command_print(const struct options *options, int argc, char *argv[],
                          FILE *stream)
{
    print_word(stream, argv[0]);
    fputs(" --export", stream);
    print_next(options, argc, argv, is_not_exported, options->output,
               ".export.csv", stream);
}

bool resume_command_lacks_input(const struct options *options,
                                const struct redirections *redirections)
{
    struct stat status;

    if (!options->input)
        return false;
    if (resume_command_reads_standard_input(options))
        return !*redirections->input;
    return stat(options->input, &status) || !S_ISREG(status.st_mode);
}
