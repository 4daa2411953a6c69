#include "offline/resolve.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/resume_command.h"
#include "ending/summary.h"
#include "input/input.h"
#include "input/name_hash.h"
#include "input/text_parser.h"
#include "input/user_list.h"
#include "output/writer.h"
#include "setup/file_flags.h"
#include "setup/row_rules.h"

struct resolve {
    const struct platform *platform;
    const struct options *options;
    const volatile sig_atomic_t *stop;
    struct input_rules rules;
    struct input *input;
    struct text_parser parser; /* of the current reading of INPUT */
    struct writer *writer;
    struct name_hash *hash;
    struct name_index *index;
    struct resolved_rows *rows;
};

/* ---- life --------------------------------------------------------------- */

static int open_output(struct resolve *resolve, struct error *error)
{
    const struct options *options = resolve->options;
    const struct atomic_file_setup setup = {
        .files = resolve->platform->files,
        .label = "OUTPUT",
        .path = options->output,
        .flags = file_flags_make(options) | ATOMIC_FILE_RESTART |
                 ATOMIC_FILE_NO_JOURNAL,
        .input = input_stat(resolve->input),
    };

    resolve->writer = writer_open(&setup, error);
    return resolve->writer ? 0 : -1;
}

static int open_all(struct resolve *resolve, struct error *error)
{
    const struct options *options = resolve->options;

    resolve->rules = row_rules_make(options, options->mode);
    resolve->rules.by_name = true;
    if (input_rules_check(&resolve->rules, error))
        return -1;
    resolve->input =
        input_open(resolve->platform->files, options->input, error);
    if (!resolve->input || open_output(resolve, error) ||
        input_keep_hash(resolve->input, error))
        return -1;
    resolve->hash = name_hash_new(resolve->platform->random);
    resolve->index =
        name_index_new(options->service, name_hash_make, resolve->hash);
    resolve->rows = resolved_rows_new(resolve->writer, resolve->index);
    return resolve->hash && resolve->index && resolve->rows
               ? 0
               : error_memory(error);
}

void resolve_free(struct resolve *resolve)
{
    if (!resolve)
        return;
    resolved_rows_free(resolve->rows);
    name_index_free(resolve->index);
    name_hash_free(resolve->hash);
    writer_free(resolve->writer);
    input_free(resolve->input);
    free(resolve);
}

/* ---- the users ---------------------------------------------------------- */

static int add_user(void *context, const struct listed_user *user,
                    struct error *error)
{
    const struct resolve *resolve = context;

    return name_index_add(resolve->index, user, error);
}

static int read_users(struct resolve *resolve, const char *users,
                      struct error *error)
{
    const struct user_list_setup setup = {
        .files = resolve->platform->files,
        .path = users,
        .service = resolve->options->service,
        .tenant = resolve->options->customer_id,
    };

    return user_list_read(&setup, add_user, resolve, resolve->stop, error);
}

/* ---- the rows ----------------------------------------------------------- */

static int read_header(struct resolve *resolve, const struct record *record,
                       struct error *error)
{
    return text_parser_read_header(&resolve->parser, input_name(resolve->input),
                                   record, error);
}

static int check_record(void *context, const struct record *record,
                        struct error *error)
{
    struct resolve *resolve = context;

    if (record->number == 0)
        return read_header(resolve, record, error);
    return header_check_unnamed(&resolve->parser.header,
                                input_name(resolve->input), record, error);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct resolve *resolve = context;
    bool separator_line;
    char delimiter;

    if (check_record(resolve, record, error))
        return -1;
    if (record->number > 0)
        return resolved_rows_put(resolve->rows, record, error);
    delimiter = csv_reader_delimiter(resolve->parser.reader, &separator_line);
    return resolved_rows_begin(resolve->rows, &resolve->parser.header, record,
                               delimiter, separator_line, error);
}

static int read_input(struct resolve *resolve, csv_reader_record_fn *take,
                      struct error *error)
{
    const bool all = false;
    int result = text_parser_init(&resolve->parser, input_name(resolve->input),
                                  &resolve->rules, take, resolve, error);

    if (result == 0)
        result = text_parser_read(&resolve->parser, resolve->input, &all,
                                  resolve->stop, error);
    text_parser_clear(&resolve->parser);
    return result;
}

/* A damaged file is refused before any user is listed. */
static int validate_input(struct resolve *resolve, struct error *error)
{
    if (!input_is_file(resolve->input))
        return 0;
    return read_input(resolve, check_record, error) ||
                   input_rewind(resolve->input, error)
               ? -1
               : 0;
}

static int check_unchanged(const struct resolve *resolve, struct error *error)
{
    if (!input_is_file(resolve->input) || !input_changed(resolve->input))
        return 0;
    return error_set(error, ERROR_STOPPED,
                     "%s changed since it was validated; run the command "
                     "again",
                     input_name(resolve->input));
}

static int write_rows(struct resolve *resolve, struct error *error)
{
    return read_input(resolve, take_record, error) ||
                   check_unchanged(resolve, error) ||
                   writer_stop(resolve->writer, error) ||
                   writer_commit(resolve->writer, error)
               ? -1
               : 0;
}

struct resolve *resolve_open(const struct platform *platform,
                             const struct options *options,
                             const volatile sig_atomic_t *stop,
                             struct error *error)
{
    struct resolve *resolve = calloc(1, sizeof(*resolve));

    if (!resolve) {
        error_memory(error);
        return NULL;
    }
    resolve->platform = platform;
    resolve->options = options;
    resolve->stop = stop;
    if (open_all(resolve, error) == 0 && validate_input(resolve, error) == 0)
        return resolve;
    resolve_free(resolve);
    return NULL;
}

int resolve_write(struct resolve *resolve, const char *users,
                  struct resolve_result *result, struct error *error)
{
    if (read_users(resolve, users, error) || write_rows(resolve, error)) {
        writer_discard(resolve->writer);
        return -1;
    }
    result->counts = *resolved_rows_counts(resolve->rows);
    result->users = name_index_count(resolve->index);
    result->exposed = writer_is_exposed(resolve->writer);
    return 0;
}

/* ---- a list of its own -------------------------------------------------- */

int resolve_list_options(const struct file_system *files,
                         const struct options *options, struct options *list,
                         char **path, struct error *error)
{
    struct stat status;

    *path = file_name_beside(options->output, ".users.csv");
    if (!*path)
        return error_memory(error);
    if (files->stat(files, *path, &status) == 0) {
        (void)error_set(error, ERROR_USAGE,
                        "%s exists, and would be replaced by a new list: use "
                        "it with --users, or remove it",
                        *path);
        free(*path);
        return -1;
    }
    *list = *options;
    list->mode = MODE_LIST;
    list->input = NULL;
    list->output = *path;
    list->argv = NULL; /* it has no command of its own */
    list->no_clobber = false;
    list->temporary = true;
    list->restart = true;
    list->no_summary = true;
    return 0;
}

void resolve_remove_list(const struct file_system *files, const char *path)
{
    static const char *const ends[] = {"", ".part", ".journal"};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *name = file_name_beside(path, ends[i]);

        if (name)
            (void)files->remove(files, name);
        free(name);
    }
}

bool resolve_has_errors(const struct resolve_result *result)
{
    return result->counts.rows > result->counts.found + result->counts.kept;
}

/* ---- messages ----------------------------------------------------------- */

void resolve_print(FILE *stream, const struct options *options,
                   const struct resolve_result *result)
{
    const struct resolved_counts *counts = &result->counts;

    fprintf(stream, "bauser-batch: %" PRIu64 " %s: %" PRIu64 " found",
            counts->rows, counts->rows == 1 ? "row" : "rows", counts->found);
    if (counts->kept > 0)
        fprintf(stream, ", %" PRIu64 " with an Id and without a name",
                counts->kept);
    if (resolve_has_errors(result))
        fprintf(stream, ", %" PRIu64 " without a certain Id",
                counts->rows - counts->found - counts->kept);
    fprintf(stream, "; %" PRIu64 " %s in the list\n", result->users,
            result->users == 1 ? "user" : "users");
    summary_print_errors(stream, &counts->errors);
    if (counts->left_out > 0)
        fprintf(stream,
                "bauser-batch: Password and SecretAnswer of %" PRIu64
                " %s are left out; fill them in again\n",
                counts->left_out, counts->left_out == 1 ? "row" : "rows");
    if (result->exposed)
        fprintf(stream,
                "bauser-batch: warning: others may be able to read %s, because "
                "its file system does not set modes\n",
                options->output);
    if (strcmp(options->output, "-") == 0 || !options->argv)
        return;
    fprintf(stream, "bauser-batch: to apply %s: ",
            resolve_has_errors(result) ? "the rows that have an Id"
                                       : "the file");
    resolved_command_print(options, options->argc, options->argv, stream);
}
