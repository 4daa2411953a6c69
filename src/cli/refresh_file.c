#include "cli/refresh_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/secret_file.h"

static int refuse_read_only(const struct refresh_file *what, const char *path,
                            struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s: %s is in $CREDENTIALS_DIRECTORY, where files cannot "
                     "be replaced, but the refresh token changes; move the "
                     "file to a directory that the service can write to, such "
                     "as its StateDirectory",
                     what->label, path);
}

/* Resolves links if they are followed: a rename would replace a link by a file.
 */
static char *resolve(const char *path, const struct refresh_file *what,
                     struct error *error)
{
    const struct secret_place *place = what->place;
    const struct file_system *files = place->files;
    bool follow_links =
        place->follow_links || secret_source_is_trusted(place, path);
    char *name;

    if (secret_source_is_service_credential(files, path)) {
        refuse_read_only(what, path, error);
        return NULL;
    }
    name = follow_links ? files->resolve(files, path) : strdup(path);
    if (!name && errno == ENOMEM) {
        error_memory(error);
    } else if (!name) {
        error_set(error, ERROR_USAGE, "%s: cannot open %s: %s", what->label,
                  path, strerror(errno));
    } else if (secret_source_is_service_credential(files, name)) {
        refuse_read_only(what, name, error);
        free(name);
        name = NULL;
    }
    return name;
}

/* A sign-in writes the file, so it need not exist yet. */
static int check_new_file(const struct secret_file *file, struct error *error)
{
    struct stat info;
    bool exists = file->files->stat_link(file->files, file->path, &info) == 0;

    if (exists && S_ISLNK(info.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s: %s is a symbolic link; name the file itself, or "
                         "use --follow-links",
                         file->variable, file->path);
    if (exists && !S_ISREG(info.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s: %s is not a regular file; choose another name",
                         file->variable, file->path);
    return 0;
}

static int check_old_file(const struct secret_file *file, struct error *error)
{
    char *token = secret_file_read(file, error);
    int result = token ? 0 : -1;

    secret_file_free(token);
    return result;
}

/* Its path. A file that is missing is either new, or nobody has signed in. */
static char *find(const struct refresh_file *what, struct error *error)
{
    const struct file_system *files = what->place->files;
    struct stat info;
    char *copy;

    if (files->stat(files, what->path, &info) == 0 || errno != ENOENT)
        return resolve(what->path, what, error);
    if (!what->is_new) {
        error_set(error, ERROR_USAGE,
                  "%s: %s does not exist; sign in with bauser-batch --sign-in, "
                  "which makes it",
                  what->label, what->path);
        return NULL;
    }
    copy = strdup(what->path);
    if (!copy)
        error_memory(error);
    return copy;
}

char *refresh_file_check(const struct refresh_file *what, bool *trusted,
                         struct error *error)
{
    const struct file_system *files = what->place->files;
    const char *given = what->path;
    char *path = find(what, error);
    struct secret_file file = {.files = files,
                               .variable = what->label,
                               .path = path,
                               .kind = ERROR_USAGE};

    if (!path)
        return NULL;
    /* The advice in a message is about the file, not about a link to it. */
    file.allowed = secret_source_allowed_modes(what->place, given) |
                   secret_source_allowed_modes(what->place, path);
    if ((what->is_new ? check_new_file(&file, error)
                      : check_old_file(&file, error)) ||
        secret_file_check_replaceable(&file, what->clock, error)) {
        free(path);
        return NULL;
    }
    *trusted = file.allowed != 0;
    return path;
}
