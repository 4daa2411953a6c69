#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buffer.h"

#define ACCESS_TOKEN    "BAUSER_ACCESS_TOKEN"
#define DEVELOPER_TOKEN "BAUSER_DEVELOPER_TOKEN"

/* A secret's two variables. */
struct source {
    const char *variable;
    const char *file_variable;
};

static const struct source access_token = {ACCESS_TOKEN, ACCESS_TOKEN "_FILE"};
static const struct source developer_token = {DEVELOPER_TOKEN,
                                              DEVELOPER_TOKEN "_FILE"};

static void wipe_free(char *secret)
{
    if (secret)
        memory_wipe(secret, strlen(secret));
    free(secret);
}

/* The variable's value; NULL where it is not set or empty. */
static const char *variable_value(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value ? value : NULL;
}

/* Is the file in the folder that systemd made for this service's secrets? */
static bool is_service_credential(const char *path)
{
    const char *folder = variable_value("CREDENTIALS_DIRECTORY");
    size_t len = folder ? strlen(folder) : 0;

    return folder && strncmp(path, folder, len) == 0 && path[len] == '/' &&
           !strstr(path + len, "/../");
}

static int check_file(const char *variable, const char *path,
                      const struct stat *info, struct error *error)
{
    mode_t others = is_service_credential(path) ? S_IRWXU | S_IRGRP : S_IRWXU;

    if (!S_ISREG(info->st_mode))
        return error_set(error, ERROR_USAGE, "%s: %s is no regular file",
                         variable, path);
    if (info->st_mode & (S_IRWXU | S_IRWXG | S_IRWXO) & ~others)
        return error_set(error, ERROR_USAGE,
                         "%s: %s is open to others than its owner; close it "
                         "with: chmod 600 '%s'",
                         variable, path, path);
    if (info->st_size == 0)
        return error_set(error, ERROR_USAGE, "%s: %s is empty", variable, path);
    if (info->st_size > CREDENTIALS_MAX)
        return error_set(error, ERROR_USAGE,
                         "%s: %s is too large to hold a token alone", variable,
                         path);
    return 0;
}

static int open_file(const char *variable, const char *path, struct stat *info,
                     struct error *error)
{
    /* Without O_NONBLOCK a named pipe would hold us here. */
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd;

    if (!is_service_credential(path))
        flags |= O_NOFOLLOW;
    fd = open(path, flags);
    if (fd < 0 && errno == ELOOP) {
        error_set(error, ERROR_USAGE,
                  "%s: %s is a link, which could be turned elsewhere; name "
                  "the file itself",
                  variable, path);
        return -1;
    }
    if (fd < 0 || fstat(fd, info)) {
        error_set(error, ERROR_USAGE, "%s: can't open %s: %s", variable, path,
                  strerror(errno));
        goto err;
    }
    if (check_file(variable, path, info, error))
        goto err;
    return fd;

err:
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Fills secret with the whole file, of len bytes. -1 with errno, which is 0
 * where the file has another length by now. */
static int read_whole(int fd, char *secret, size_t len)
{
    size_t done = 0;
    ssize_t got;

    while (done <= len) { /* one byte more than there should be */
        got = read(fd, secret + done, len + 1 - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    errno = 0;
    return done == len ? 0 : -1;
}

static size_t without_line_end(const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\n') {
        len--;
        if (len > 0 && text[len - 1] == '\r')
            len--;
    }
    return len;
}

/* Refuses what would break the header that carries the token, or was surely
 * not meant to be part of it. */
static int check_token(const char *variable, const char *token, size_t len,
                       struct error *error)
{
    if (len == 0)
        return error_set(error, ERROR_USAGE, "%s: the token is empty",
                         variable);
    for (size_t i = 0; i < len; i++) {
        if (token[i] <= ' ' || token[i] > '~')
            return error_set(error, ERROR_USAGE,
                             "%s: the token has a space, a line end or "
                             "another byte that no token has; give the token "
                             "alone",
                             variable);
    }
    return 0;
}

static char *read_file(const char *variable, const char *path,
                       struct error *error)
{
    struct stat info;
    char *token;
    size_t size, len;
    int fd = open_file(variable, path, &info, error);

    if (fd < 0)
        return NULL;
    size = (size_t)info.st_size + 1;
    token = calloc(1, size);
    if (!token) {
        error_memory(error);
        goto err1;
    }
    if (read_whole(fd, token, size - 1)) {
        error_set(error, ERROR_USAGE, "%s: can't read %s: %s", variable, path,
                  errno ? strerror(errno) : "it was changed meanwhile");
        goto err2;
    }
    len = without_line_end(token, size - 1);
    token[len] = '\0';
    if (check_token(variable, token, len, error))
        goto err2;
    close(fd);
    return token;

err2:
    memory_wipe(token, size);
    free(token);
err1:
    close(fd);
    return NULL;
}

static char *read_variable(const char *variable, const char *value,
                           struct error *error)
{
    char *token;

    if (check_token(variable, value, strlen(value), error))
        return NULL;
    token = strdup(value);
    if (!token)
        error_memory(error);
    return token;
}

static char *read_secret(const struct source *source, struct error *error)
{
    const char *value = variable_value(source->variable);
    const char *path = variable_value(source->file_variable);

    if (value && path)
        error_set(error, ERROR_USAGE, "%s and %s are both set; unset one",
                  source->variable, source->file_variable);
    else if (value)
        return read_variable(source->variable, value, error);
    else if (path)
        return read_file(source->file_variable, path, error);
    else
        error_set(error, ERROR_USAGE,
                  "%s is not set; set it, or set %s to the name of a file "
                  "that holds it",
                  source->variable, source->file_variable);
    return NULL;
}

int credentials_read(struct credentials *credentials, struct error *error)
{
    struct credentials read = {NULL, NULL};

    read.access_token = read_secret(&access_token, error);
    if (!read.access_token)
        return -1;
    read.developer_token = read_secret(&developer_token, error);
    if (!read.developer_token) {
        credentials_clear(&read);
        return -1;
    }
    *credentials = read;
    return 0;
}

void credentials_clear(struct credentials *credentials)
{
    wipe_free(credentials->access_token);
    wipe_free(credentials->developer_token);
    *credentials = (struct credentials){NULL, NULL};
}
