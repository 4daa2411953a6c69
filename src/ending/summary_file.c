#include "ending/summary_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/text_file.h"
#include "report/summary_json.h"

char *summary_file_name(const struct options *options, bool complete)
{
    bool to_file = options->output && strcmp(options->output, "-") != 0;

    if (options->no_summary)
        return NULL;
    if (options->summary)
        return strdup(options->summary);
    return to_file ? file_name_beside(options->output,
                                      complete ? ".summary.json"
                                               : ".part.summary.json")
                   : NULL;
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

/* The other one describes a state that is over. */
static void remove_partial(const struct file_system *files,
                           const struct options *options, const char *path)
{
    char *partial = summary_file_name(options, false);

    if (partial && strcmp(partial, path) != 0)
        (void)files->remove(files, partial);
    free(partial);
}

int summary_file_write(const struct file_system *files,
                       const struct options *options,
                       const struct run_summary *summary, struct error *error)
{
    char *path = summary_file_name(options, summary->complete);
    int result = 0;

    if (!path)
        return 0;
    result = write_file(files, path, summary, error);
    if (result == 0 && summary->complete)
        remove_partial(files, options, path);
    free(path);
    return result;
}

const char *summary_file_read(const struct file_system *files,
                              const struct options *options, bool complete,
                              struct run_summary *summary)
{
    char *path = summary_file_name(options, complete);
    struct buffer text;
    const char *why;

    if (!path)
        return "there is no name for it";
    buffer_init(&text, SUMMARY_JSON_MAX);
    if (file_read(files, path, SUMMARY_JSON_MAX, &text))
        why = strerror(errno);
    else
        why = summary_json_parse(summary, text.data, text.len);
    buffer_free(&text);
    free(path);
    return why;
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
