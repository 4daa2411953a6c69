/*
 * Where a shell has redirected standard input and output to.
 */
#ifndef CLI_REDIRECTIONS_H
#define CLI_REDIRECTIONS_H

#include <limits.h>

/* Absolute paths; "": it is no regular file, or the file has no name any more.
 */
struct redirections {
    char input[PATH_MAX];
    char output[PATH_MAX];
};

/* To be called before the process becomes undumpable, after which only root can
 * find the names. */
void redirections_find(struct redirections *redirections);

#endif
