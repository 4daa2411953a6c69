/*
 * The shard of --shard auto: which one it is, and of how many, by the variables
 * that the engine sets which started this process.
 *
 * | engine       | index                     | total                    |
 * | Slurm        | SLURM_ARRAY_TASK_ID       | SLURM_ARRAY_TASK_COUNT   |
 * | Kubernetes   | JOB_COMPLETION_INDEX      | must be given            |
 * | GNU parallel | PARALLEL_SEQ, from 1      | must be given            |
 * | AWS Batch    | AWS_BATCH_JOB_ARRAY_INDEX | AWS_BATCH_JOB_ARRAY_SIZE |
 * | Cloud Run    | CLOUD_RUN_TASK_INDEX      | CLOUD_RUN_TASK_COUNT     |
 *
 * Slurm's count is that of the submitted array: if only tasks 3 and 7 are
 * submitted again, it is 2. So it counts only if the array has no gaps, and
 * then the tasks are counted from its first number, by its step. If the total
 * is given, the number of the task is the shard.
 *
 * Sources: sbatch(1); "Indexed Job" in the manual of Kubernetes; parallel(1);
 * "Array job environment variables" in the manual of AWS Batch; "Execution
 * environment" in the manual of Cloud Run.
 */
#ifndef CLI_SHARD_VARIABLES_H
#define CLI_SHARD_VARIABLES_H

#include "base/error.h"

struct shard_found {
    unsigned shard; /* from 0 */
    unsigned shards;
    const char *variable; /* that decided the shard; a constant */
};

/* The shard by the environment. total: that was given; 0: none. max: of the
 * total. ERROR_USAGE if no variable or several ones say which shard this is, if
 * the total is unknown or another one than the given, or if the shard is none
 * of them. */
int shard_variables_read(struct shard_found *found, unsigned total,
                         unsigned max, struct error *error);

#endif
