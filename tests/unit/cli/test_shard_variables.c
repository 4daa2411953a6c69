#include "unit.h"

#include <stdlib.h>

#include "cli/shard_variables.h"

#define MAX 1000000

static const char *const variables[] = {
    "SLURM_ARRAY_TASK_ID",
    "SLURM_ARRAY_TASK_COUNT",
    "SLURM_ARRAY_TASK_MIN",
    "SLURM_ARRAY_TASK_MAX",
    "SLURM_ARRAY_TASK_STEP",
    "JOB_COMPLETION_INDEX",
    "PARALLEL_SEQ",
    "AWS_BATCH_JOB_ARRAY_INDEX",
    "AWS_BATCH_JOB_ARRAY_SIZE",
    "CLOUD_RUN_TASK_INDEX",
    "CLOUD_RUN_TASK_COUNT",
};

/* Sets only the variables of "NAME=VALUE NAME=VALUE". */
static void set_environment(const char *text)
{
    char copy[400], *rest = copy, *word;

    for (size_t i = 0; i < COUNT(variables); i++)
        unsetenv(variables[i]);
    snprintf(copy, sizeof(copy), "%s", text);
    while ((word = strtok_r(rest, " ", &rest))) {
        char *value = strchr(word, '=');

        *value = '\0';
        setenv(word, value + 1, 1);
    }
}

/* The sbatch of "--array", as Slurm passes it on to a task. */
#define ARRAY(id, count, min, max, step)                                       \
    "SLURM_ARRAY_TASK_ID=" #id " SLURM_ARRAY_TASK_COUNT=" #count               \
    " SLURM_ARRAY_TASK_MIN=" #min " SLURM_ARRAY_TASK_MAX=" #max                \
    " SLURM_ARRAY_TASK_STEP=" #step

/* Each engine's variables must give the shard, counted from 0, and the total.
 */
static void test_found(void **state)
{
    static const struct {
        const char *environment;
        unsigned total;
        unsigned shard, shards;
        const char *variable;
    } cases[] = {
        {ARRAY(0, 16, 0, 15, 1), 0, 0, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(15, 16, 0, 15, 1), 0, 15, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(1, 16, 1, 16, 1), 0, 0, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(16, 16, 1, 16, 1), 0, 15, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(14, 4, 10, 16, 2), 0, 2, 4, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(7, 1, 7, 7, 1), 16, 7, 16, "SLURM_ARRAY_TASK_ID"},
        /* Some tasks again. */
        {ARRAY(3, 2, 3, 7, 1), 16, 3, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(7, 2, 3, 7, 4), 16, 7, 16, "SLURM_ARRAY_TASK_ID"},
        {ARRAY(0, 16, 0, 15, 1), 16, 0, 16, "SLURM_ARRAY_TASK_ID"},
        {"JOB_COMPLETION_INDEX=0", 8, 0, 8, "JOB_COMPLETION_INDEX"},
        {"JOB_COMPLETION_INDEX=7", 8, 7, 8, "JOB_COMPLETION_INDEX"},
        {"PARALLEL_SEQ=1", 8, 0, 8, "PARALLEL_SEQ"},
        {"PARALLEL_SEQ=8", 8, 7, 8, "PARALLEL_SEQ"},
        {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=5", 0, 2, 5,
         "AWS_BATCH_JOB_ARRAY_INDEX"},
        {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=5", 5, 2, 5,
         "AWS_BATCH_JOB_ARRAY_INDEX"},
        {"CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=1", 0, 0, 1,
         "CLOUD_RUN_TASK_INDEX"},
        {"CLOUD_RUN_TASK_INDEX=3 CLOUD_RUN_TASK_COUNT=4 PARALLEL_SEQ=", 0, 3, 4,
         "CLOUD_RUN_TASK_INDEX"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shard_found found = {0};
        struct error error;

        set_environment(cases[i].environment);
        if (shard_variables_read(&found, cases[i].total, MAX, &error))
            fail_msg("%s: %s", cases[i].environment, error.text);
        assert_int_equal(found.shard, cases[i].shard);
        assert_int_equal(found.shards, cases[i].shards);
        assert_string_equal(found.variable, cases[i].variable);
    }
}

/* What does not say which shard this is, and of how many, must be refused. */
static void test_refused(void **state)
{
    static const struct {
        const char *environment;
        unsigned total;
        const char *part; /* of the message */
    } cases[] = {
        {"", 0, "no variable says which shard"},
        {"", 4, "no variable says which shard"},
        {"SLURM_ARRAY_TASK_COUNT=4", 0, "no variable says which shard"},
        {"SLURM_ARRAY_TASK_ID=1 PARALLEL_SEQ=1", 4,
         "both SLURM_ARRAY_TASK_ID and PARALLEL_SEQ are set"},
        {"JOB_COMPLETION_INDEX=1 CLOUD_RUN_TASK_INDEX=1 CLOUD_RUN_TASK_COUNT=4",
         0, "both JOB_COMPLETION_INDEX and CLOUD_RUN_TASK_INDEX"},
        {"JOB_COMPLETION_INDEX=1", 0, "give their number, as in --shard auto/"},
        {"PARALLEL_SEQ=1", 0, "give their number"},
        {"CLOUD_RUN_TASK_INDEX=1", 0, "give their number"},
        {"JOB_COMPLETION_INDEX=8", 8,
         "JOB_COMPLETION_INDEX is 8, but 8 shards are numbered from 0 to 7"},
        {"PARALLEL_SEQ=9", 8,
         "PARALLEL_SEQ is 9, but 8 shards are numbered "
         "from 1 to 8"},
        {"PARALLEL_SEQ=0", 8, "PARALLEL_SEQ is 0"},
        {"JOB_COMPLETION_INDEX=1", 1, "1 shard is numbered from 0 to 0"},
        {"JOB_COMPLETION_INDEX=x", 8, "JOB_COMPLETION_INDEX is 'x'"},
        {"JOB_COMPLETION_INDEX=-1", 8, "no whole number"},
        {"PARALLEL_SEQ=99999999999", 8, "no whole number"},
        {"AWS_BATCH_JOB_ARRAY_INDEX=2 AWS_BATCH_JOB_ARRAY_SIZE=5", 6,
         "auto/6: AWS_BATCH_JOB_ARRAY_SIZE is 5"},
        {"CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=0", 0,
         "CLOUD_RUN_TASK_COUNT is 0"},
        {"CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=1000001", 0,
         "from 1 to 1000000"},
        {"CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=y", 0, "'y'"},
        /* Some tasks again, of which Slurm counts only these. */
        {ARRAY(3, 2, 3, 7, 1), 0, "do not follow one another"},
        {ARRAY(9, 4, 3, 9, 1), 0, "do not follow one another"},
        {ARRAY(8, 3, 3, 9, 3), 0, "do not follow one another"},
        {"SLURM_ARRAY_TASK_ID=3", 0, "do not follow one another"},
        /* An array that is not numbered from 0 would be shifted. */
        {ARRAY(16, 16, 1, 16, 1), 16, "SLURM_ARRAY_TASK_ID is 16, but 16"},
        {ARRAY(1, 16, 1, 16, 1), 16, "SLURM_ARRAY_TASK_MAX is 16, but 16"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct shard_found found;
        struct error error = {.kind = ERROR_NONE};

        set_environment(cases[i].environment);
        if (shard_variables_read(&found, cases[i].total, MAX, &error) == 0)
            fail_msg("accepted: %s", cases[i].environment);
        assert_int_equal(error.kind, ERROR_USAGE);
        if (!strstr(error.text, cases[i].part))
            fail_msg("%s: %s", cases[i].environment, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found),
                                       cmocka_unit_test(test_refused)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
