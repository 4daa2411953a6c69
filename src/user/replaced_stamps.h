/*
 * The replaced stamps: the versions of users that this run has replaced by its
 * updates. A read that returns one of them is stale: it comes from a replica
 * that lags.
 *
 * A version is the TimeStamps (or etag) and the LastModifiedTime of a user.
 * Memory is bounded: a table of fixed size keeps the latest versions. If the
 * version of a user is not known, the table keeps the time of the update, so
 * that the user can be read again when no replica lags any more. Of what does
 * not fit in, it only keeps the last time for all users of a bucket. All times
 * are milliseconds of a monotonic clock.
 */
#ifndef USER_REPLACED_STAMPS_H
#define USER_REPLACED_STAMPS_H

#include <stdbool.h>
#include <stdint.h>

/* One version of a user; borrows the texts. Each may be empty. */
struct user_version {
    const char *stamps;
    const char *time; /* LastModifiedTime */
};

struct replaced_stamps;

/* NULL if there is no memory. */
struct replaced_stamps *replaced_stamps_new(void);
void replaced_stamps_free(struct replaced_stamps *replaced);

/* An update of the user with that key was applied, or may have been: it
 * replaced `before`. If the versions can't be told apart, or `after` is NULL as
 * it is unknown whether the update was applied, only the time is kept. */
void replaced_stamps_add(struct replaced_stamps *replaced, const char *key,
                         struct user_version before,
                         const struct user_version *after, int64_t now);

/* Did this run replace that version of the user, or one with a later time? The
 * older one may be of before the run, or of a run that --restart discarded. */
bool replaced_stamps_has(const struct replaced_stamps *replaced,
                         const char *key, struct user_version version);

/* Since when the user was not written by an update whose version is not kept;
 * INT64_MIN: there was none. Of a user that was not updated, it is the time of
 * another one if that did not fit in. */
int64_t replaced_stamps_forgot(const struct replaced_stamps *replaced,
                               const char *key);

#endif
