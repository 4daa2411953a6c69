#include "output/newer_rows.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv1a.h"
#include "base/guid.h"
#include "input/value.h"
#include "output/prior_result.h"

/* A user with a row to be retried. Two users with the same hash are one, which
 * 500,000 of 10 million users are with a probability of 3 in 10 million; then a
 * row is not retried. */
struct user_rows {
    uint64_t hash;    /* of the Id; 0: a free place */
    uint64_t applied; /* the last row that was applied; 0: none */
};

struct newer_rows {
    struct prior_result *prior;
    const struct column *key;
    struct user_rows *places; /* a hash table with linear probing */
    size_t size;              /* a power of two */
    size_t users;             /* of a batch, at most */
    size_t count;             /* of this one */
    uint64_t last;            /* it has the rows up to this one */
};

struct newer_rows *newer_rows_new(const struct file_system *files,
                                  const char *path, const struct column *key,
                                  size_t users, struct error *error)
{
    struct newer_rows *newer = calloc(1, sizeof(*newer));

    if (!newer) {
        error_memory(error);
        return NULL;
    }
    newer->key = key;
    newer->users = users;
    newer->size = 2;
    while (newer->size < 2 * users)
        newer->size *= 2;
    newer->prior = prior_result_open(files, path, error);
    if (!newer->prior)
        goto fail;
    newer->places = calloc(newer->size, sizeof(*newer->places));
    if (!newer->places) {
        error_memory(error);
        goto fail;
    }
    return newer;

fail:
    newer_rows_free(newer);
    return NULL;
}

void newer_rows_free(struct newer_rows *newer)
{
    if (!newer)
        return;
    prior_result_free(newer->prior);
    free(newer->places);
    free(newer);
}

static uint64_t hash_id(const struct newer_rows *newer, const char *id)
{
    char room[GUID_SIZE];
    struct error ignored;
    const char *plain = value_parse_id(newer->key, id, room, &ignored);
    uint64_t hash = fnv1a_hash(plain ? plain : id);

    return hash ? hash : 1;
}

/* The user's place, or a free one. */
static struct user_rows *place_of(const struct newer_rows *newer, uint64_t hash)
{
    size_t i = (size_t)hash;

    while (newer->places[i & (newer->size - 1)].hash != 0 &&
           newer->places[i & (newer->size - 1)].hash != hash)
        i++;
    return &newer->places[i & (newer->size - 1)];
}

/* Takes a row into the batch, whose rows end before the first user who has no
 * place in it. */
static void take(struct newer_rows *newer, const struct prior_row *row)
{
    uint64_t hash = hash_id(newer, row->id);
    struct user_rows *user = place_of(newer, hash);

    if (user->hash) {
        if (status_is_success(row->status))
            user->applied = row->number;
    } else if (row->again && row->number <= newer->last) {
        if (newer->count == newer->users) {
            newer->last = row->number - 1;
            return;
        }
        newer->count++;
        user->hash = hash;
    }
}

/* Makes the batch that begins with the row of this number. */
static int make_batch(struct newer_rows *newer, uint64_t number,
                      const volatile sig_atomic_t *stop, struct error *error)
{
    struct prior_row row;
    int more;

    /* The table is large, so its pages are not touched without need. */
    if (newer->count > 0)
        memset(newer->places, 0, newer->size * sizeof(*newer->places));
    newer->count = 0;
    newer->last = UINT64_MAX;
    if (prior_result_rewind(newer->prior, error))
        return -1;
    while ((more = prior_result_next(newer->prior, &row, error)) > 0) {
        if (*stop)
            return error_set(error, ERROR_STOPPED, "stopped by a signal");
        if (row.number >= number)
            take(newer, &row);
    }
    return more;
}

int newer_rows_find(struct newer_rows *newer, uint64_t number, const char *id,
                    const volatile sig_atomic_t *stop, uint64_t *row,
                    struct error *error)
{
    const struct user_rows *user;

    if (number > newer->last && make_batch(newer, number, stop, error))
        return -1;
    user = place_of(newer, hash_id(newer, id));
    *row = user->applied > number ? user->applied : 0;
    return 0;
}
