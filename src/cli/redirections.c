#include "cli/redirections.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static void find(char path[PATH_MAX], int fd)
{
    struct stat opened, named;
    char link[32];
    ssize_t len;

    path[0] = '\0';
    if (fstat(fd, &opened) || !S_ISREG(opened.st_mode))
        return;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    len = readlink(link, path, PATH_MAX - 1);
    path[len > 0 ? len : 0] = '\0';
    /* The name of a file that was removed ends with " (deleted)". */
    if (stat(path, &named) || !file_is_same(&opened, &named))
        path[0] = '\0';
}

void redirections_find(struct redirections *redirections)
{
    find(redirections->input, STDIN_FILENO);
    find(redirections->output, STDOUT_FILENO);
}
