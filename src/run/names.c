#include "run/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ending/summary_file.h"
#include "output/atomic_file.h"
#include "setup/shard_files.h"

#define NAMES 32

struct name {
    const char *label;
    const char *given;
    char *path; /* the same, or of a file beside it */
};

struct names {
    const struct file_system *files;
    struct name names[NAMES];
    size_t count;
};

/* Takes the path. */
static int add(struct names *names, const char *label, const char *given,
               char *path)
{
    if (path)
        names->names[names->count++] = (struct name){label, given, path};
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): names_check() frees it */
    return path ? 0 : -1;
}

/* A file that is not replaced, or NULL. */
static int add_one(struct names *names, const char *label, const char *path)
{
    return path ? add(names, label, path, strdup(path)) : 0;
}

/* Like atomic_file_open(), this follows a link. */
static char *resolve(const struct file_system *files, const char *path)
{
    struct stat status;
    char *resolved = NULL;

    if (files->stat_link(files, path, &status) == 0 && S_ISLNK(status.st_mode))
        resolved = files->resolve(files, path);
    return resolved ? resolved : strdup(path);
}

/* Takes the path of a file that is replaced, and adds the files beside it. */
static int add_staged(struct names *names, const char *label, const char *given,
                      char *path, bool has_journal)
{
    return add(names, label, given, path) ||
                   add(names, label, given, file_name_beside(path, ".part")) ||
                   (has_journal && add(names, label, given,
                                       file_name_beside(path, ".journal")))
               ? -1
               : 0;
}

/* A file that is replaced, or NULL. */
static int add_replaced(struct names *names, const char *label,
                        const char *path, bool has_journal)
{
    char *target = path ? resolve(names->files, path) : NULL;

    if (!target)
        return path ? -1 : 0;
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): names_check() frees it */
    return add_staged(names, label, path, target, has_journal);
}

static int add_summary(struct names *names, const struct options *options)
{
    int result = 0;

    if (options->summary || options->no_summary)
        return add_replaced(names, "--summary", options->summary, false);
    for (int complete = 0; complete <= 1 && result == 0; complete++) {
        char *path = summary_file_name(options, complete);

        result = path ? add(names, "the summary", path, path) : 0;
    }
    return result;
}

/* See resolve_list_options(). */
static int add_list(struct names *names, const struct options *options)
{
    char *path;

    if (options->mode != MODE_RESOLVE || options->users)
        return add_one(names, "--users", options->users);
    path = file_name_beside(options->output, ".users.csv");
    return path ? add_staged(names, "the list of users", path, path, true) : -1;
}

static const char *standard(const char *path, const char *name)
{
    return path && strcmp(path, "-") == 0 ? name : path;
}

/* Returns the number of names that were checked elsewhere. */
static int add_all(struct names *names, const struct options *options,
                   size_t *checked)
{
    if (add_one(names, "INPUT", standard(options->input, "/dev/stdin")) ||
        add_replaced(names, "OUTPUT", standard(options->output, "/dev/stdout"),
                     true) ||
        add_replaced(names, "--diff", options->diff, true) ||
        add_one(names, "--log-file", options->log_file))
        return -1;
    *checked = names->count;
    return add_list(names, options) ||
                   add_replaced(names, "--failed", options->failed, true) ||
                   add_replaced(names, "--undo", options->undo, true) ||
                   add_replaced(names, "--plan", options->plan, true) ||
                   add_summary(names, options) ||
                   add_replaced(names, "--metrics", options->metrics, false) ||
                   add_replaced(names, "--report", options->report, false)
               ? -1
               : 0;
}

/* Two names of a terminal, or of /dev/null, are no conflict. */
static bool is_conflict(const struct file_system *files, const struct name *one,
                        const struct name *other)
{
    struct stat status;

    return strcmp(one->label, other->label) != 0 &&
           atomic_file_is_same_place(files, one->path, other->path) &&
           (files->stat(files, one->path, &status) || S_ISREG(status.st_mode));
}

static int compare(const struct names *names, const struct name *name,
                   struct error *error)
{
    for (const struct name *other = names->names; other < name; other++)
        if (is_conflict(names->files, name, other))
            return error_set(error, ERROR_USAGE,
                             "%s %s is a file of %s; choose another name",
                             name->label, name->given, other->label);
    return 0;
}

/* These are written at the end. The others are checked when they are opened. */
static int check_special(const struct file_system *files,
                         const struct options *options, struct error *error)
{
    const struct {
        const char *label, *path, *without;
    } names[] = {
        {"--summary", options->summary, "use --no-summary instead"},
        {"--metrics", options->metrics, "leave out --metrics"},
        {"--report", options->report, "leave out --report"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *path = names[i].path;
        const char *special = path ? file_special(files, path) : NULL;

        if (special)
            return error_set(error, ERROR_USAGE,
                             "%s %s %s and cannot be replaced by a file; "
                             "choose another name, or %s",
                             names[i].label, path, special, names[i].without);
    }
    return 0;
}

int names_check(const struct file_system *files, const struct options *options,
                struct error *error)
{
    struct names names = {.files = files};
    size_t checked = 0;
    int result = 0;

    if (add_all(&names, options, &checked))
        result = error_memory(error);
    for (size_t i = checked; i < names.count && result == 0; i++)
        result = compare(&names, &names.names[i], error);
    for (size_t i = 0; i < names.count; i++)
        free(names.names[i].path);
    return result || check_special(files, options, error) ||
                   shard_files_check(options, error)
               ? -1
               : 0;
}
