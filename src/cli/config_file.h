/*
 * Reads a configuration file. Its values are not judged here.
 */
#ifndef CLI_CONFIG_FILE_H
#define CLI_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file_system.h"
#include "cli/problem_list.h"

/* A line. */
struct config_line {
    const char *section; /* NULL: before the first heading; "": below a wrong
                            one */
    const char *key;     /* NULL: the heading of the section */
    const char *value;
    unsigned line;
};

struct config_file {
    const char *path; /* borrowed */
    struct arena arena;
    struct config_line *lines; /* in their order */
    size_t count;
    size_t room;
};

/* $XDG_CONFIG_HOME/bauser-batch/config; without that variable, the same in
 * ~/.config. The caller frees it. NULL: there is no HOME, or no memory. */
char *config_file_default_path(void);

/* The user's home directory: $HOME. NULL: it is not set, as under some
 * schedulers. The user database is not asked: getpwuid() may ask a server, for
 * a long time, and does not survive a lack of memory. */
const char *config_file_home(void);

/* Reads the file at path, which is borrowed. Adds what is wrong in its syntax
 * to the problems. A file that others can write is rejected, because it can
 * contain commands. is_default: it need not exist (*file is then NULL), and
 * must belong to the user or to root, as ssh(1) requires. -1 with ERROR_USAGE,
 * or ERROR_LOCAL without memory. */
int config_file_read(struct config_file **file, const char *path,
                     bool is_default, const struct file_system *files,
                     struct problem_list *problems, struct error *error);

/* Parses the text of such a file, as config_file_read(). */
int config_file_parse(struct config_file **file, const char *path,
                      const char *text, size_t len,
                      struct problem_list *problems, struct error *error);

/* NULL does nothing. */
void config_file_free(struct config_file *file);

#endif
