#!/bin/bash
# A merge without all shards, or with one of another run, writes nothing. It says
# which are missing, with commands that run them, or which file is the wrong one,
# and why.
. "${0%/*}/../lib.sh"
sim_start

unset "${!SLURM_@}" PARALLEL_SEQ

{
    echo "Id,$TITLE"
    for n in {01..40}; do
        echo "$U$n,Title $n"
    done
} >in.csv

# shard K OPTION... INPUT OUTPUT: applies one of eight shards.
shard() {
    local -x PARALLEL_SEQ=$(($1 + 1))

    run 0 --shard auto/8 "${@:2}"
}

# rejected STATUS TEXT...: the merge is rejected, and has written nothing.
rejected() {
    run "$1" --merge all.csv
    expect_stderr "${@:2}"
    expect_no_file all.csv all.csv.part all.csv.summary.json
}

rejected 2 'there are no shards of all.csv' all.0-of-16.csv
for k in 0 1 2 4; do
    shard "$k" in.csv all.csv
done
rejected 5 'shards 3,5-7 of 8 are missing, unfinished or running, so nothing was written' \
    'to run or resume shard 3/8: '

# A stopped shard is unfinished. The commands work.
PARALLEL_SEQ=6 run 10 --shard auto/8 --limit 1 in.csv all.csv
rejected 5 'shards 3,5-7 of 8 are missing, unfinished or running'
sed -n 's|^bauser-batch: to run or resume shard [0-9]/8: ||p' err >commands
[ "$(wc -l <commands)" -eq 4 ]
while read -r command; do
    PATH=${BAUSER_BATCH%/*}:$PATH bash -c "$command" >out 2>err
done <commands
run 0 --merge all.csv
columns all.csv Row Status | expect_file <(seq 40 | sed 's/$/|Updated/')
expect_counts applied=40
rm all.csv all.csv.summary.json

# The word of the shard may be anywhere. A command names no file of another shard.
for words in '--shard=0/2' '--shard 0/2'; do
    # shellcheck disable=SC2086 # one word, or two
    run 0 --log-file run.log in.csv own.0-of-2.csv $words
    run 5 --merge own.csv
    sed -n 's|^bauser-batch: to run or resume shard 1/2: ||p' err >commands
    PATH=${BAUSER_BATCH%/*}:$PATH bash -e commands >out 2>err
    run 0 --merge own.csv
    columns own.csv Row | expect_file <(seq 40)
    rm own.*
done
run 0 --failed failed-0.csv --shard 0/2 in.csv own.0-of-2.csv
run 5 --merge own.csv
expect_none 'to run or resume' err
run 10 --limit 1 --map "$TITLE=$TOWN" --failed failed-1.csv --shard 1/2 in.csv \
    own.1-of-2.csv
run 5 --merge own.csv
expect_stderr 'shard 1/2: ' '--failed failed-1.csv --shard 1/2 in.csv own.1-of-2.csv'
rm own.*

# A copy of another shard, a result that was edited, and one without a summary.
mkdir kept
cp all.* kept
cp all.2-of-8.csv all.3-of-8.csv
rejected 2 'all.3-of-8.csv is not the file that its summary describes'
cp all.2-of-8.csv.summary.json all.3-of-8.csv.summary.json
rejected 2 'all.3-of-8.csv is the result of shard 2/8, not of 3/8'
cp kept/* .
rm all.3-of-8.csv.summary.json
rejected 2 'the summary of all.3-of-8.csv cannot be read' \
    'pass the --summary of its run, or run shard 3/8 again'
run 0 --shard 3/8 --no-summary in.csv all.3-of-8.csv
rejected 2 'the summary of all.3-of-8.csv cannot be read'

# Shards of other runs.
shard 3 --map "$TITLE=$TOWN" in.csv all.csv
rejected 2 'all.3-of-8.csv is of another run than all.0-of-8.csv' \
    "with --map '" 'without --map'
shard 3 --dry-run in.csv all.csv
rejected 2 'with --dry-run, the other one without --dry-run'
shard 3 --shard-by "$TITLE" in.csv all.csv
rejected 2 "with --shard-by '$TITLE', the other one without --shard-by"
sed s/40$/fourty/ in.csv >other.csv
shard 3 other.csv all.csv
rejected 2 'all.3-of-8.csv is of a run with another INPUT than all.0-of-8.csv'
run 0 in.csv all.3-of-8.csv
rejected 2 'all.3-of-8.csv is not the result of a shard'
cp kept/* .
run 0 --shard 0/4 in.csv all.0-of-4.csv
rejected 2 'are of runs with different numbers of shards'
rm all.0-of-4.csv*
for k in {0..7}; do
    run 0 --check --shard "$k/8" in.csv "check.$k-of-8.csv"
done
run 2 --merge check.csv
expect_stderr check.0-of-8.csv '--check, whose shards cannot be merged'
jq '.mode = "list"' check.0-of-8.csv.summary.json >list
mv list check.0-of-8.csv.summary.json
run 2 --merge --report check.html check.csv
expect_stderr check.0-of-8.csv '--list, whose shards cannot be merged'

# The commands after the run of the first shard are none of the merge.
cp kept/* .
jq '.next = [{name: "failed", text: "to list", command: "grep Failed"}]' \
    kept/all.0-of-8.csv.summary.json >all.0-of-8.csv.summary.json
echo >>all.0-of-8.csv
rejected 2 'all.0-of-8.csv is not the file that its summary describes'
expect_none 'grep Failed' err
cp kept/* .

# A result that is replaced after it was compared with its summary, while the merge
# waits for INPUT.
mv in.csv in.kept
mkfifo in.csv
"${PROGRAM[@]}" --merge --failed failed.csv all.csv >out 2>err &
merge=$!
exec 3>in.csv
sed 's/Updated/Failed/' kept/all.3-of-8.csv >all.3-of-8.csv
cat in.kept >&3
exec 3>&-
status=0
wait "$merge" || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
expect_stderr 'all.3-of-8.csv was changed during the merge' 'merge again'
expect_no_file all.csv all.csv.part failed.csv
mv in.kept in.csv
cp kept/* .

# INPUT was replaced since, such as by that of the next day. Standard input of the
# merge is none.
echo "${U}41,Title 41" >>in.csv
rejected 2 'in.csv is not the INPUT of the run that wrote all.csv' \
    'run its shards, or move it away'
mv in.csv other.csv
mkfifo in.csv
run 0 --merge all.csv
rm in.csv all.csv all.csv.summary.json
sed '$d' other.csv >in.csv
for k in 0 1; do
    run 0 --shard "$k/2" /dev/stdin "piped.$k-of-2.csv" <in.csv
done
run 0 --merge piped.csv <other.csv

# INPUT of the shards was a pipe, and rejected midway, after the first calls.
has_called() {
    expect_counts 'calls>=4'
}
mkfifo pipe
for k in 0 1; do
    forget_calls
    "${PROGRAM[@]}" --shard "$k/2" --window 4 pipe "midway.$k-of-2.csv" \
        >out 2>err &
    exec 3>pipe
    head -n 30 in.csv >&3
    wait_until has_called
    echo "${U}41,Title,3" >&3
    exec 3>&-
    status=0
    wait $! || status=$?
    [ "$status" -eq 3 ] || fail "exit status $status"
done
run 2 --merge midway.csv
expect_stderr 'INPUT of shard 0/2 was rejected' 'correct it, and run the shard again'

# No file of the shards is replaced: INPUT, though it is not an argument, or a
# result. OUTPUT may have had the name of INPUT.
cp in.csv in.kept
for option in --undo --metrics --report --failed; do
    run 2 --merge "$option" in.csv all.csv
    run 2 --merge "$option" all.5-of-8.csv all.csv
    expect_stderr "$option all.5-of-8.csv is the result of shard 5/8"
done
for k in {0..7}; do
    shard "$k" in.csv in.csv
done
run 2 --merge in.csv
expect_stderr 'OUTPUT in.csv is the INPUT of the shards'
expect_file in.csv <in.kept
expect_file all.5-of-8.csv <kept/all.5-of-8.csv

# Wrong usage, and a stopped run of the same OUTPUT.
run 2 --merge in.csv all.csv
expect_stderr '--merge takes OUTPUT alone'
run 2 --merge --resume all.csv
run 2 --merge --undo undo.csv all.csv
expect_stderr 'shard 0/8 updated users in a run without --undo'
mv in.csv away.csv
run 2 --merge --failed failed.csv all.csv
expect_stderr 'in.csv cannot be read'
mv away.csv in.csv
sed "2,\$ s/Title/Word/" in.csv >words.csv
run 10 --limit 1 words.csv all.csv
run 2 --merge all.csv
expect_stderr all.csv.journal
expect_no_file all.csv

# Slurm: the numbers of the array.
for k in 0 2; do
    SLURM_ARRAY_TASK_ID=$k SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=3 \
        SLURM_ARRAY_TASK_COUNT=4 run 0 --shard auto in.csv slurm.csv
done
run 5 --merge slurm.csv
expect_stderr 'shards 1,3 of 4 are missing' \
    'sbatch --array=1,3 and --shard auto/4'

# Too many missing tasks for the message: then no command has some of them.
shards=600
for ((k = 0; k < shards; k += 2)); do
    : >"many.$k-of-$shards.csv"
done
SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_COUNT=$shards \
    SLURM_ARRAY_TASK_MAX=$((shards - 1)) run 0 --shard auto in.csv many.csv
run 5 --merge many.csv
expect_stderr 'shards 1,3,5,' ',... of 600 are missing' 'to run or resume shard 1/600'
expect_none 'array=' err
