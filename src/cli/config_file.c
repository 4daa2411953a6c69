#include "cli/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/shell_quote.h"
#include "cli/config_text.h"

#define FILE_MAX  ((size_t)256 * 1024) /* bytes */
#define CHUNK     4096
#define ARENA_MAX (4 * FILE_MAX)

/* ---- where it is --------------------------------------------------------- */

const char *config_file_home(void)
{
    const char *home = getenv("HOME");

    return home && *home ? home : NULL;
}

char *config_file_default_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *below = "";
    char path[PATH_MAX];

    /* XDG Base Directory Specification: a relative path is ignored. */
    if (!base || *base != '/') {
        base = config_file_home();
        below = "/.config";
    }
    if (!base)
        return NULL;
    (void)snprintf(path, sizeof(path), "%s%s/bauser-batch/config", base, below);
    return strdup(path);
}

/* ---- its lines ----------------------------------------------------------- */

/* What the handler of lines needs. */
struct loading {
    struct config_file *file;
    struct problem_list *problems;
    const char *section;
    bool no_memory;
};

static const char *keep(struct loading *loading, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(&loading->file->arena, size);

    if (copy)
        memcpy(copy, text, size);
    else
        loading->no_memory = true;
    return copy;
}

static void add(struct loading *loading, struct config_line line)
{
    struct config_file *file = loading->file;
    size_t room = file->room ? 2 * file->room : 64;
    struct config_line *lines;

    if (file->count == file->room) {
        lines = realloc(file->lines, room * sizeof(*lines));
        if (!lines) {
            loading->no_memory = true;
            return;
        }
        file->lines = lines;
        file->room = room;
    }
    file->lines[file->count++] = line;
}

static void take_section(void *context, unsigned line, const char *name)
{
    struct loading *loading = context;

    loading->section = keep(loading, name);
    if (loading->section)
        add(loading, (struct config_line){loading->section, NULL, NULL, line});
}

static void take_value(void *context, unsigned line, const char *key,
                       const char *value)
{
    struct loading *loading = context;
    const char *kept_key = keep(loading, key);
    const char *kept_value = keep(loading, value);

    if (kept_key && kept_value)
        add(loading,
            (struct config_line){loading->section, kept_key, kept_value, line});
}

static void take_flaw(void *context, unsigned line, const char *text)
{
    struct loading *loading = context;

    problem_list_add(loading->problems, "%s:%u: %s", loading->file->path, line,
                     text);
}

int config_file_parse(struct config_file **file, const char *path,
                      const char *text, size_t len,
                      struct problem_list *problems, struct error *error)
{
    static const struct config_handler handler = {take_section, take_value,
                                                  take_flaw};
    struct loading loading = {.problems = problems};
    int result;

    loading.file = calloc(1, sizeof(*loading.file));
    if (!loading.file)
        return error_memory(error);
    loading.file->path = path;
    if (arena_init(&loading.file->arena, 0, ARENA_MAX))
        result = error_memory(error);
    else
        result = config_text_parse(text, len, &handler, &loading, error);
    if (result == 0 && loading.no_memory)
        result = error_memory(error);
    if (result) {
        config_file_free(loading.file);
        return -1;
    }
    *file = loading.file;
    return 0;
}

void config_file_free(struct config_file *file)
{
    if (!file)
        return;
    arena_free(&file->arena);
    free(file->lines);
    free(file);
}

/* ---- the file ------------------------------------------------------------ */

/* ssh(1) does not check the owner of a file that the user names either. */
static int check_trusted(const char *path, const struct stat *info,
                         bool is_default, struct error *error)
{
    char quoted[SHELL_QUOTE_SIZE(PATH_MAX)];

    if (!S_ISREG(info->st_mode))
        return 0;
    shell_quote(quoted, sizeof(quoted), path);
    if (info->st_mode & (S_IWGRP | S_IWOTH))
        return error_set(error, ERROR_USAGE,
                         "%s: others than the owner can write the file, which "
                         "can contain commands; run: chmod go-w %s%s",
                         path, *path == '-' ? "./" : "", quoted);
    if (is_default && info->st_uid != 0 && info->st_uid != geteuid())
        return error_set(error, ERROR_USAGE,
                         "%s belongs to another user; use --config %s if you "
                         "trust it",
                         path, quoted);
    return 0;
}

static int read_open(const struct file_system *files, int fd,
                     struct buffer *text)
{
    ssize_t got;

    do {
        if (buffer_reserve(text, CHUNK))
            return -1;
        got = files->read(files, fd, text->data + text->len, CHUNK);
        if (got > 0)
            text->len += (size_t)got;
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got == 0)
        text->data[text->len] = '\0';
    return (int)got;
}

static int read_text(const struct file_system *files, const char *path,
                     bool is_default, struct buffer *text, struct error *error)
{
    int fd = files->open(files, path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
    struct stat info;
    int result;

    if (fd < 0)
        return error_set(error, ERROR_USAGE,
                         "cannot open the configuration file %s: %s", path,
                         strerror(errno));
    if (files->stat_open(files, fd, &info) || read_open(files, fd, text))
        result = error_set(error, ERROR_USAGE,
                           "cannot read the configuration file %s: %s", path,
                           strerror(errno));
    else
        result = check_trusted(path, &info, is_default, error);
    (void)files->close(files, fd);
    return result;
}

static bool exists(const struct file_system *files, const char *path)
{
    struct stat info;

    return files->stat(files, path, &info) == 0 ||
           (errno != ENOENT && errno != ENOTDIR);
}

int config_file_read(struct config_file **file, const char *path,
                     bool is_default, const struct file_system *files,
                     struct problem_list *problems, struct error *error)
{
    struct buffer text;
    int result;

    *file = NULL;
    if (is_default && !exists(files, path))
        return 0;
    buffer_init(&text, FILE_MAX + CHUNK);
    result =
        read_text(files, path, is_default, &text, error) ||
        config_file_parse(file, path, text.data, text.len, problems, error);
    buffer_free(&text);
    return result ? -1 : 0;
}
