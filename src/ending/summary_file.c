#include "ending/summary_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/text_file.h"
#include "report/summary_json.h"

static char *name_beside(const struct options *options, bool complete)
{
    if (!options->output || strcmp(options->output, "-") == 0)
        return NULL;
    return file_name_beside(options->output,
                            complete ? ".summary.json" : ".part.summary.json");
}

char *summary_file_name(const struct options *options, bool complete)
{
    if (options->no_summary)
        return NULL;
    return options->summary ? strdup(options->summary)
                            : name_beside(options, complete);
}

/* Returns NULL, or why the file cannot be read. */
static const char *read_file(const struct file_system *files, const char *path,
                             struct run_summary *summary)
{
    struct buffer text;
    const char *why;

    buffer_init(&text, SUMMARY_JSON_MAX);
    if (file_read(files, path, SUMMARY_JSON_MAX, &text))
        why = strerror(errno);
    else
        why = summary_json_parse(summary, text.data, text.len);
    buffer_free(&text);
    return why;
}

static int write_file(const struct file_system *files, const char *path,
                      const struct run_summary *summary, struct error *error)
{
    struct buffer text;
    int result;

    buffer_init(&text, SUMMARY_JSON_MAX);
    result = summary_json_format(&text, summary)
                 ? error_memory(error)
                 : text_file_write(files, "summary", path, S_IRUSR | S_IWUSR,
                                   &text, error);
    buffer_free(&text);
    return result;
}

/* Removes the summaries beside OUTPUT that describe an earlier OUTPUT, or a
 * state that is over. By its digest, that of this run is kept. */
static void remove_old(const struct file_system *files,
                       const struct options *options,
                       const struct run_summary *summary)
{
    for (int complete = 0; complete <= 1; complete++) {
        struct run_summary old = {.texts = NULL};
        char *path = name_beside(options, complete);

        if (path && read_file(files, path, &old) == NULL &&
            (options->no_summary || !old.complete ||
             strcmp(old.output_sha256, summary->output_sha256) != 0))
            (void)files->remove(files, path);
        run_summary_clear(&old);
        free(path);
    }
}

int summary_file_write(const struct file_system *files,
                       const struct options *options,
                       const struct run_summary *summary, struct error *error)
{
    char *path = summary_file_name(options, summary->complete);
    int result = path ? write_file(files, path, summary, error) : 0;

    if (result == 0 && summary->complete)
        remove_old(files, options, summary);
    free(path);
    return result;
}

static char *name_at(const struct options *options, enum summary_place place,
                     bool complete)
{
    if (place == SUMMARY_BESIDE)
        return name_beside(options, complete);
    return options->summary ? strdup(options->summary) : NULL;
}

const char *summary_file_read_at(const struct file_system *files,
                                 const struct options *options,
                                 enum summary_place place, bool complete,
                                 struct run_summary *summary)
{
    char *path = name_at(options, place, complete);
    const char *why =
        path ? read_file(files, path, summary) : "there is no name for it";

    free(path);
    return why;
}

const char *summary_file_read(const struct file_system *files,
                              const struct options *options, bool complete,
                              struct run_summary *summary)
{
    return summary_file_read_at(
        files, options, options->summary ? SUMMARY_NAMED : SUMMARY_BESIDE,
        complete, summary);
}

int summary_file_check_input(const struct options *options,
                             const char *recorded, const char *digest,
                             const char *advice, struct error *error)
{
    if (!*recorded || strcmp(recorded, digest) == 0)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is not the INPUT of the run that wrote %s: its "
                     "SHA-256 begins with %.12s, not with %.12s%s",
                     options->input, options->output, digest, recorded, advice);
}
