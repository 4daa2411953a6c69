/*
 * For --retry-failed: finds the rows of a prior result that must not be
 * retried, since a later row of the same user was applied. To apply the older
 * row now would overwrite the newer one.
 *
 * The prior result is read once more, from its start, for each batch of users
 * with a row to be retried. Memory: 16 MiB for a batch of NEWER_ROWS_USERS.
 */
#ifndef OUTPUT_NEWER_ROWS_H
#define OUTPUT_NEWER_ROWS_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_system.h"
#include "service/column.h"

struct newer_rows;

/* The users of a batch; tests choose fewer. */
#define NEWER_ROWS_USERS ((size_t)500000)

/* path: the OUTPUT, as for prior_result_open(). key: the column of the Id,
 * whose spellings are the same user. (A prior result has no tenants: users of
 * several tenants with the same Id count as one.) users: of a batch, at least
 * 1. ERROR_USAGE as prior_result_open(), or no memory. */
struct newer_rows *newer_rows_new(const struct file_system *files,
                                  const char *path, const struct column *key,
                                  size_t users, struct error *error);
void newer_rows_free(struct newer_rows *newer);

/* Sets *row to the number of the last row of this Id after the given one that
 * is Updated or Unchanged; 0: there is none. The given row is to be retried,
 * and its number is greater than in the call before. 0, or -1 as
 * prior_result_next(), or with ERROR_STOPPED if *stop became nonzero during a
 * reading, which takes a second for a million rows. */
int newer_rows_find(struct newer_rows *newer, uint64_t number, const char *id,
                    const volatile sig_atomic_t *stop, uint64_t *row,
                    struct error *error);

#endif
