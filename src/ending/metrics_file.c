#include "ending/metrics_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/text_file.h"
#include "report/metrics.h"

#define METRICS_MAX ((size_t)64 << 10) /* bytes */

static int fail(const char *path, const char *why, struct error *error)
{
    return error_set(error, ERROR_LOCAL, "cannot write the metrics %s: %s",
                     path, why);
}

/* The times of the earlier file; a file that contains something else is kept.
 */
static int read_times(const struct file_system *files, const char *path,
                      struct metrics_times *times, struct error *error)
{
    struct buffer text;
    int result = 0;

    buffer_init(&text, METRICS_MAX);
    if (file_read(files, path, METRICS_MAX, &text)) {
        if (errno != ENOENT)
            result = fail(path,
                          errno == EFBIG ? "it is no file of metrics"
                                         : strerror(errno),
                          error);
    } else if (!metrics_parse(times, text.data) && text.len > 0) {
        result = fail(path, "it contains something else", error);
    }
    buffer_free(&text);
    return result;
}

/* "nightly" of "/var/lib/node_exporter/nightly.prom". */
static char *name_run(const char *path)
{
    const char *name = file_base_name(path);
    size_t len = strlen(name);

    return strndup(
        name, len > 5 && strcmp(name + len - 5, ".prom") == 0 ? len - 5 : len);
}

static int format(const struct file_system *files, const char *path,
                  struct buffer *text, const struct run_summary *summary,
                  struct error *error)
{
    struct metrics_times times = {0, 0};
    char *name;
    int result;

    if (read_times(files, path, &times, error))
        return -1;
    name = name_run(path);
    result = !name || metrics_format(text, summary, name, &times)
                 ? error_memory(error)
                 : 0;
    free(name);
    return result;
}

int metrics_file_write(const struct file_system *files, const char *path,
                       const struct run_summary *summary, struct error *error)
{
    struct buffer text;
    int result;

    buffer_init(&text, METRICS_MAX);
    result = format(files, path, &text, summary, error);
    if (result == 0)
        result = text_file_write(files, "metrics", path,
                                 S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH, &text,
                                 error);
    buffer_free(&text);
    return result;
}
