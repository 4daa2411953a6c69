#!/bin/bash
# The samples for many machines work: GNU parallel, the scripts for Slurm with
# its variables and commands simulated, and the jobs for Kubernetes. Each can be
# interrupted and started again, and ends with the merged result. Results of
# another INPUT are neither kept nor merged.
. "${0%/*}/../lib.sh"
sim_start
samples=${TESTS%/*}/samples

unset "${!SLURM_@}" PARALLEL_SEQ JOB_COMPLETION_INDEX

{
    echo "Id,$TITLE"
    for n in {01..40}; do
        echo "$U$n,Title $n"
    done
} >users.csv
gzip -n users.csv
cp users.csv.gz first.csv.gz
zcat first.csv.gz | sed 's/Title /Other title /' | gzip -n >other.csv.gz

# The program of the samples, faster, and the commands of Slurm, which are noted.
mkdir bin
cat >bin/bauser-batch <<END
#!/bin/sh
exec "$BAUSER_BATCH" --endpoint "$SERVICE" "\$@" --rate 6000/s
END
for command in sbatch scancel scontrol; do
    cat >bin/$command <<END
#!/bin/sh
echo "$command \$*" >>"$PWD/slurm.commands"
echo 123
END
done
printf '#!/bin/sh\necho RUNNING\n' >bin/squeue
chmod +x bin/*
PATH=$PWD/bin:$PATH

# all_are FILE STATUS: the file has all rows, with that status.
all_are() {
    columns "$1" Row Status | expect_file <(seq 40 | sed "s/\$/|$2/")
}

# ---- GNU parallel -----------------------------------------------------------

if parallel --version 2>/dev/null | grep -q GNU; then
    # Without a valid token, no shard is finished.
    status=0
    BAUSER_ACCESS_TOKEN=expired sh "$samples/parallel.sh" users.csv.gz \
        parallel.csv 4 >out 2>err || status=$?
    [ "$status" -eq 5 ] || fail "exit status $status"
    expect_stderr 'shards 0-3 of 4 are missing, unfinished or running'
    sh "$samples/parallel.sh" users.csv.gz parallel.csv 4 >out 2>err ||
        fail "parallel.sh: $?"
    all_are parallel.csv Updated
    forget_calls
    sh "$samples/parallel.sh" users.csv.gz parallel.csv 4 >out 2>err
    expect_counts calls=0
    # Killed at the beginning of another run of a shard.
    : >parallel.2-of-4.csv.part
    sh "$samples/parallel.sh" users.csv.gz parallel.csv 4 >out 2>err ||
        fail "parallel.sh: $?"
    expect_counts 'calls>=1'
    # Another INPUT.
    cp other.csv.gz users.csv.gz
    forget_calls
    cp parallel.csv kept
    status=0
    sh "$samples/parallel.sh" users.csv.gz parallel.csv 4 >out 2>err || status=$?
    [ "$status" -eq 2 ] || fail "exit status $status"
    expect_stderr 'not the INPUT of the run that wrote parallel.0-of-4.csv' \
        'move away parallel.*-of-4.csv*'
    expect_counts calls=0
    cmp kept parallel.csv
    rm parallel.*
    sh "$samples/parallel.sh" users.csv.gz parallel.csv 4 >out 2>err ||
        fail "parallel.sh: $?"
    expect_user 01 "$TITLE_PATH" '"Other title 01"'
    cp first.csv.gz users.csv.gz
    for words in '' 'users.csv.gz parallel 4' 'users.csv.gz parallel.csv x'; do
        status=0
        # shellcheck disable=SC2086 # words
        sh "$samples/parallel.sh" $words >out 2>err || status=$?
        [ "$status" -eq 2 ] || fail "exit status $status"
        expect_stderr 'usage: sh parallel.sh'
    done
elif [ -n "${ALL:-}" ]; then
    fail 'GNU parallel is not installed'
fi

# ---- Slurm -------------------------------------------------------------------

sh "$samples/slurm/submit.sh" >out
grep -q '^sbatch .*shards.sbatch$' slurm.commands
grep -q '^sbatch .*--dependency=afterany:123 .*merge.sbatch$' slurm.commands

# task ID: runs this task of the array.
task() {
    SLURM_JOB_ID=8 SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=$1 \
        SLURM_ARRAY_TASK_COUNT=16 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=15 \
        exec bash "$samples/slurm/shards.sbatch"
}

# No user has the values yet. SIGTERM reaches the program, which ends in order; the task is requeued.
control users -X DELETE >reset.response
faults '{"kind":"stall","call":"UpdateUser"}'
(task 3) >out 2>err &
task=$!
is_stalled() {
    expect_counts 'in_flight>=1'
}
wait_until is_stalled
kill -TERM "$task"
faults
status=0
wait "$task" || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
grep -qx 'scontrol requeue 7_3' slurm.commands
for k in {0..15}; do
    (task "$k") >out 2>err || fail "task $k"
done
bash "$samples/slurm/merge.sbatch" >out 2>err
[ "$(columns result.csv Row | wc -l)" -eq 40 ]
grep -q '15/16' report.html
# Another INPUT, of which each shard stops at once, and with it the array.
cp other.csv.gz users.csv.gz
! grep scancel slurm.commands
status=0
(BAUSER_ACCESS_TOKEN=expired task 3) >out 2>err || status=$?
[ "$status" -eq 4 ] || fail "exit status $status"
grep -qx 'scancel 7' slurm.commands
rm result.3-of-16.csv.part*
printf 'Id\n"' | gzip >users.csv.gz
rm slurm.commands
status=0
(task 3) >out 2>err || status=$?
[ "$status" -eq 3 ] || fail "exit status $status"
grep -qx 'scancel 7' slurm.commands
status=0
bash "$samples/slurm/merge.sbatch" >out 2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
expect_stderr 'users.csv.gz is not the INPUT'
cp first.csv.gz users.csv.gz
rm -f result.*

# ---- Kubernetes ----------------------------------------------------------------

if ! "$PYTHON" -c 'import yaml' 2>/dev/null; then
    [ -z "${ALL:-}" ] || fail 'python3-yaml is not installed'
    exit 0
fi
"$PYTHON" -EB "$TESTS/oracle/check_kubernetes.py" "$samples/kubernetes" >pods.found
mapfile -t words < <(sed -n 's/^shard //p' pods.found)
mapfile -t merge < <(sed -n 's/^merge //p' pods.found)
completions=$(sed -n 's/^completions //p' pods.found)
script=$(sed -n 's/^script //p' pods.found)
# pods: runs the pods of all shards.
pods() {
    for ((k = 0; k < completions; k++)); do
        JOB_COMPLETION_INDEX=$k sh -c "$script" shard "${words[@]}" >out 2>err ||
            fail "index $k"
    done
}
pods
# Another Job keeps the finished shards, and resumes the others.
forget_calls
pods
expect_counts calls=0
: >result.3-of-16.csv.part
pods
expect_counts 'calls>=1'
bauser-batch "${merge[@]}" >out 2>err
[ "$(columns result.csv Row | wc -l)" -eq 40 ]
# Another INPUT.
cp other.csv.gz users.csv.gz
forget_calls
status=0
JOB_COMPLETION_INDEX=3 sh -c "$script" shard "${words[@]}" >out 2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
expect_stderr 'not the INPUT of the run that wrote result.3-of-16.csv' \
    'move away result.*-of-16.csv*'
expect_counts calls=0
status=0
bauser-batch "${merge[@]}" >out 2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
expect_stderr 'users.csv.gz is not the INPUT'
