#include "cli/shard_variables.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_value.h"

struct engine {
    const char *index; /* a variable, as the next one */
    const char *total; /* NULL: there is none */
    unsigned first;    /* number of the first shard */
};

#define SLURM_INDEX "SLURM_ARRAY_TASK_ID"
#define SLURM_TOTAL "SLURM_ARRAY_TASK_COUNT"
#define SLURM_MIN   "SLURM_ARRAY_TASK_MIN"
#define SLURM_MAX   "SLURM_ARRAY_TASK_MAX"
#define SLURM_STEP  "SLURM_ARRAY_TASK_STEP"

static const struct engine engines[] = {
    {SLURM_INDEX, SLURM_TOTAL, 0},
    {"JOB_COMPLETION_INDEX", NULL, 0},
    {"PARALLEL_SEQ", NULL, 1},
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0},
    {"CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", 0},
};

#define ENGINES (sizeof(engines) / sizeof(engines[0]))

/* NULL: it is not set, or empty. */
static const char *value_of(const char *variable)
{
    const char *value = variable ? getenv(variable) : NULL;

    return value && *value ? value : NULL;
}

/* A variable that is not set has the standard value. */
static int read_number(const char *variable, unsigned standard,
                       unsigned *number, struct error *error)
{
    const char *value = value_of(variable);

    *number = standard;
    if (!value || option_value_number(value, 0, UINT_MAX, number) == 0)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--shard auto: %s is '%.40s', which is no whole number; "
                     "use --shard K/N",
                     variable, value);
}

static int find_engine(const struct engine **found, struct error *error)
{
    *found = NULL;
    for (size_t i = 0; i < ENGINES; i++) {
        const char *index = engines[i].index;

        if (!value_of(index))
            continue;
        if (*found)
            return error_set(error, ERROR_USAGE,
                             "--shard auto: both %s and %s are set, and only "
                             "one of them can say which shard this is; use "
                             "--shard K/N, or unset one with env -u %s",
                             (*found)->index, index, (*found)->index);
        *found = &engines[i];
    }
    if (*found)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--shard auto: no variable says which shard this is (%s, "
                     "%s, %s, %s or %s); use --shard K/N",
                     engines[0].index, engines[1].index, engines[2].index,
                     engines[3].index, engines[4].index);
}

static int refuse_range(const char *variable, unsigned number, unsigned first,
                        unsigned shards, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "--shard auto: %s is %u, but %u %s numbered from %u to "
                     "%u; submit as many tasks as there are shards, or change "
                     "the total",
                     variable, number, shards,
                     shards == 1 ? "shard is" : "shards are", first,
                     first + shards - 1);
}

/* The total that was given, or that of the engine, or both, which are equal. */
static int find_total(const struct engine *engine, unsigned given, unsigned max,
                      unsigned *shards, struct error *error)
{
    unsigned count;

    if (read_number(engine->total, given, &count, error))
        return -1;
    if (count == 0 && !value_of(engine->total))
        return error_set(error, ERROR_USAGE,
                         "--shard auto: %s says which shard this is, but no "
                         "variable says how many there are; give their "
                         "number, as in --shard auto/16",
                         engine->index);
    if (count == 0 || count > max)
        return error_set(error, ERROR_USAGE,
                         "--shard auto: %s is %u, which is no number of shards "
                         "from 1 to %u; use --shard K/N",
                         engine->total, count, max);
    if (given > 0 && count != given)
        return error_set(error, ERROR_USAGE,
                         "--shard auto/%u: %s is %u; give the same number, or "
                         "use --shard auto",
                         given, engine->total, count);
    *shards = count;
    return 0;
}

/* ---- Slurm -------------------------------------------------------------- */

/* As sbatch --array submitted it. */
struct array {
    unsigned number; /* of this task */
    unsigned count, min, max, step;
};

static int read_array(struct array *array, struct error *error)
{
    if (read_number(SLURM_INDEX, 0, &array->number, error) ||
        read_number(SLURM_TOTAL, 0, &array->count, error) ||
        read_number(SLURM_MIN, array->number, &array->min, error) ||
        read_number(SLURM_MAX, array->number, &array->max, error) ||
        read_number(SLURM_STEP, 1, &array->step, error))
        return -1;
    if (array->step == 0)
        array->step = 1;
    return 0;
}

static bool has_gaps(const struct array *array)
{
    unsigned past = array->number - array->min;

    return array->count == 0 || array->min > array->number ||
           array->max < array->number ||
           (array->max - array->min) % array->step != 0 ||
           (array->max - array->min) / array->step != array->count - 1 ||
           past % array->step != 0;
}

/* A part of an array has the numbers of the whole array, but not its count. */
static int find_in_array(struct shard_found *found, unsigned given,
                         unsigned max, struct error *error)
{
    struct array array;

    if (read_array(&array, error))
        return -1;
    if (given > 0) {
        unsigned highest = array.max > array.number ? array.max : array.number;

        if (highest >= given)
            return refuse_range(highest == array.number ? SLURM_INDEX
                                                        : SLURM_MAX,
                                highest, 0, given, error);
        found->shard = array.number;
        found->shards = given;
        return 0;
    }
    if (has_gaps(&array) || array.count > max)
        return error_set(error, ERROR_USAGE,
                         "--shard auto: the tasks of this Slurm array do not "
                         "follow one another (" SLURM_TOTAL " %u, from %u to "
                         "%u), as if some tasks of another array were "
                         "submitted again; number the tasks from 0, and give "
                         "the number of all shards, as in --shard auto/16",
                         array.count, array.min, array.max);
    found->shard = (array.number - array.min) / array.step;
    found->shards = array.count;
    return 0;
}

int shard_variables_read(struct shard_found *found, unsigned total,
                         unsigned max, struct error *error)
{
    const struct engine *engine;
    unsigned number;

    if (find_engine(&engine, error))
        return -1;
    found->variable = engine->index;
    if (strcmp(engine->index, SLURM_INDEX) == 0)
        return find_in_array(found, total, max, error);
    if (read_number(engine->index, 0, &number, error) ||
        find_total(engine, total, max, &found->shards, error))
        return -1;
    if (number < engine->first || number - engine->first >= found->shards)
        return refuse_range(engine->index, number, engine->first, found->shards,
                            error);
    found->shard = number - engine->first;
    return 0;
}
