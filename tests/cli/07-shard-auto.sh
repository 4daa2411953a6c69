#!/bin/bash
# With --shard auto, the engine's variables decide the shard, which names all
# files of its run. What is ambiguous, and a part of an array that is submitted
# again, is rejected.
. "${0%/*}/../lib.sh"
sim_start

unset "${!SLURM_@}" "${!AWS_BATCH_@}" "${!CLOUD_RUN_@}" PARALLEL_SEQ \
    JOB_COMPLETION_INDEX

# Each of four shards has rows that fail.
{
    echo "Id,$TITLE,$BAD"
    for n in {01..20}; do
        echo "$U$n,Title $n,"
        echo "$U$n,,$BAD_VALUE"
    done
} >in.csv

# slurm ID MIN-MAX COUNT STEP COMMAND...: runs it as this task of an array.
slurm() {
    local -x SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_MIN=${2%-*}
    local -x SLURM_ARRAY_TASK_MAX=${2#*-} SLURM_ARRAY_TASK_COUNT=$3
    local -x SLURM_ARRAY_TASK_STEP=$4

    "${@:5}"
}

# with VARIABLE=VALUE COMMAND...: runs it with this variable.
with() {
    local -x "${1?}"

    "${@:2}"
}

# All files of a shard are its own, and together the shards contain all rows.
files=(--failed failed.csv --undo undo.csv --metrics m.prom --log-file run.log)
for k in {0..3}; do
    slurm "$k" 0-3 4 1 run 1 "${files[@]}" --shard auto in.csv out.csv
    expect_stderr ", shard $k/4 of SLURM_ARRAY_TASK_ID"
    for file in out.$k-of-4.csv{,.summary.json} m.$k-of-4.prom \
        {failed,undo}.$k-of-4.csv run.$k-of-4.log; do
        [ -s "$file" ] || fail "$file is missing"
    done
done
expect_no_file out.csv failed.csv undo.csv m.prom run.log
for k in {0..3}; do
    columns out.$k-of-4.csv Row
done | sort -n | expect_file <(seq 40)
expect_counts applied=20
forget_calls

# An explicit shard keeps the name of OUTPUT. Other engines count alike.
with SLURM_ARRAY_TASK_ID=3 run 1 --check --shard 1/4 in.csv explicit.csv
cmp <(columns explicit.csv Row) <(columns out.1-of-4.csv Row)
with SLURM_ARRAY_TASK_ID=3 run 1 --check in.csv explicit.csv
columns explicit.csv Row | expect_file <(seq 40)
with JOB_COMPLETION_INDEX=1 run 1 --check --shard auto/4 in.csv check.csv
with PARALLEL_SEQ=1 run 1 --check --shard auto/4 in.csv check.csv
with AWS_BATCH_JOB_ARRAY_SIZE=4 with AWS_BATCH_JOB_ARRAY_INDEX=2 \
    run 1 --check --shard auto in.csv check.csv
with CLOUD_RUN_TASK_COUNT=4 with CLOUD_RUN_TASK_INDEX=3 \
    run 1 --check --shard auto in.csv check.csv
for k in {0..3}; do
    cmp <(columns check.$k-of-4.csv Row) <(columns out.$k-of-4.csv Row)
done

# Tasks 1 and 3 again: Slurm counts only these, and nothing starts. With the
# number of all shards, they are shards 1 and 3.
slurm 1 1-3 2 2 run 2 --shard auto in.csv out.csv
expect_stderr 'is of a run of 4 shards, but this is one of 2 (SLURM_ARRAY_TASK_ID)' \
    'as in --shard auto/4'
slurm 1 1-3 2 1 run 2 --shard auto in.csv out.csv
expect_stderr 'do not follow one another' 'as in --shard auto/16'
slurm 3 1-3 2 2 run 1 --check --shard auto/4 in.csv again.csv
cmp <(columns again.3-of-4.csv Row) <(columns out.3-of-4.csv Row)

# What is ambiguous, incomplete or wrong.
run 2 --shard auto in.csv out.csv
expect_stderr 'no variable says which shard this is' 'use --shard K/N'
with SLURM_ARRAY_TASK_ID=1 with PARALLEL_SEQ=1 \
    run 2 --shard auto/4 in.csv out.csv
expect_stderr 'both SLURM_ARRAY_TASK_ID and PARALLEL_SEQ are set'
with JOB_COMPLETION_INDEX=1 run 2 --shard auto in.csv out.csv
expect_stderr 'give their number, as in --shard auto/16'
with JOB_COMPLETION_INDEX=4 run 2 --shard auto/4 in.csv out.csv
expect_stderr 'JOB_COMPLETION_INDEX is 4, but 4 shards are numbered from 0 to 3'
expect_counts calls=0
expect_no_file out.csv

# A stopped shard prints a command that needs no variable.
control users -X DELETE >reset.response
with PARALLEL_SEQ=3 \
    run 10 --limit 1 --shard auto/4 --failed f.csv in.csv stopped.csv
expect_stderr '--shard 2/4 --failed f.2-of-4.csv' ' in.csv stopped.2-of-4.csv'
PATH=${BAUSER_BATCH%/*}:$PATH bash -c \
    "$(sed -n 's/^bauser-batch: .*to apply the rest[^:]*: //p' err)" \
    >out 2>err || [ $? -eq 1 ]
cmp <(columns stopped.2-of-4.csv Row Status) <(columns out.2-of-4.csv Row Status)
