#include "cli/secret_reader.h"

#include <stdlib.h>
#include <sys/stat.h>

/* What tells one content of a file from another one. */
struct version {
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
};

struct secret_reader {
    struct secret_source source;
    struct secret_place place;
    struct version read; /* what was read last */
    struct version seen; /* at the last look */
};

/* A link is followed: Kubernetes replaces a link in the path. */
static struct version look(const struct secret_reader *reader)
{
    const struct file_system *files = reader->place.files;
    struct stat status;

    if (files->stat(files, reader->source.setting.value, &status))
        return (struct version){.exists = false};
    return (struct version){true, status.st_dev, status.st_ino, status.st_size,
                            status.st_mtim};
}

static bool is_same(const struct version *one, const struct version *other)
{
    return one->exists == other->exists && one->device == other->device &&
           one->inode == other->inode && one->size == other->size &&
           one->modified.tv_sec == other->modified.tv_sec &&
           one->modified.tv_nsec == other->modified.tv_nsec;
}

struct secret_reader *secret_reader_new(const struct secret_source *source,
                                        const struct secret_place *place)
{
    struct secret_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    reader->source = *source;
    reader->place = *place;
    return reader;
}

void secret_reader_free(struct secret_reader *reader)
{
    free(reader);
}

char *secret_reader_read(void *context, struct error *error)
{
    struct secret_reader *reader = context;
    struct version version = {.exists = false};
    char *secret;

    if (secret_reader_is_file(reader))
        version = look(reader);
    secret = secret_source_read(&reader->source, &reader->place, ERROR_SIGN_IN,
                                error);
    if (secret)
        reader->read = reader->seen = version;
    return secret;
}

bool secret_reader_has_changed(void *context)
{
    struct secret_reader *reader = context;
    struct version version = look(reader);
    bool rests = is_same(&version, &reader->seen);

    reader->seen = version;
    return version.exists && rests && !is_same(&version, &reader->read);
}

bool secret_reader_is_file(const struct secret_reader *reader)
{
    return reader->source.form == CREDENTIAL_FILE;
}

const char *secret_reader_label(const struct secret_reader *reader)
{
    return reader->source.label;
}
