#include "ending/text_file.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

int text_file_write(const struct file_system *files, const char *what,
                    const char *path, mode_t mode, const struct buffer *text,
                    struct error *error)
{
    const char *special;
    int failure;

    if (file_replace(files, path, mode, text->data, text->len) == 0)
        return 0;
    failure = errno;
    special = file_special(files, path);
    return error_set(error, ERROR_LOCAL, "cannot write the %s %s: %s%s", what,
                     path, special ? "it " : "",
                     special ? special : strerror(failure));
}
