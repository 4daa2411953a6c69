#!/bin/bash
# The merged undo file undoes all updates of the merged result, also of shards
# that were retried. If the undo files of the shards cannot be those of their
# runs, or an undo file of another result exists, nothing is written.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {01..20}; do
        echo "$U$n,Title $n"
    done
    echo "${U}03,Last title"
} >in.csv

# state: prints the title of each user.
state() {
    users 01 20 | jq -c "$TITLE_PATH"
}
state >before

# fails [RULE...]: from now on, only these rules of faults apply.
fails() {
    control faults -X DELETE >faults.response
    [ "$#" -eq 0 ] || faults "$@"
}

# no_get ID [SKIP]: prints the rule that GetUser fails for this user.
no_get() {
    echo "{\"call\":\"GetUser\",\"id\":\"$1\",\"kind\":\"status\",
        \"times\":0,\"skip\":${2:-0}}"
}

# shards STATUS OPTION...: runs both shards.
shards() {
    rm -f all.?-of-2.csv
    for k in 0 1; do
        PARALLEL_SEQ=$((k + 1)) run "$1" --shard auto/2 --retries 0 --window 1 \
            "${@:2}" in.csv all.csv
        cp err "err.$k"
    done
}

# again STATUS K: runs the command, which was printed, that retries shard K.
again() {
    local command status=0

    command=$(sed -n 's/^bauser-batch: to retry [^:]*: //p' "err.$2")
    PATH=${BAUSER_BATCH%/*}:$PATH bash -c "$command" >out 2>"err.$2" || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status of $command"
}

# undone: undoes all by the merged undo file.
undone() {
    rm -f result.csv
    run 0 undo.csv result.csv
    state | expect_file before
}

# refused TEXT...: the merge has written nothing.
refused() {
    run 2 --merge --undo undo.csv all.csv
    expect_stderr "$@"
    expect_no_file all.csv all.csv.part all.csv.summary.json undo.csv.part
}

# Without a retry, and merged again. Another merged undo file is not replaced.
shards 0 --undo undo.csv
run 0 --merge --undo undo.csv all.csv
cp undo.csv kept
run 0 --merge --undo undo.csv all.csv
expect_file undo.csv <kept
rm all.csv all.csv.summary.json
sed -i '$d' undo.csv
cp undo.csv edited
refused 'undo.csv exists with other rows than this merge would write' \
    'move it away'
expect_file undo.csv <edited
cp kept undo.csv
undone

# The shards of another day ran without --undo, or with another file.
rm undo.csv
shards 0
refused 'shard 0/2 updated users in a run without --undo'
expect_no_file undo.csv
rm undo.*-of-2.csv
control users -X DELETE >response
shards 0 --undo "it's.csv"
refused "shard 0/2 updated users in a run with --undo it's.0-of-2.csv"
run 0 --merge --undo "it's.csv" all.csv
mv "it's.csv" undo.csv
undone

# Shards that were retried: the second retry of shard 0 updates nobody. User 03
# has two rows, and the retry changes again what the first run has changed.
mapfile -t first < <(columns all.0-of-2.csv Id | grep -v "03$" | head -n 2)
mapfile -t second < <(columns all.1-of-2.csv Id | grep -v "03$" | head -n 2)
rm undo.csv all.*
fails "$(no_get "${first[0]}")" "$(no_get "${first[1]}")" \
    "$(no_get "${second[0]}")" "$(no_get "${U}03" 1)"
shards 1 --undo undo.csv
fails "$(no_get "${first[0]}")"
again 1 0
again 0 1
run 1 --merge --undo undo.csv all.csv
again 1 0
run 1 --merge --undo undo.csv all.csv
rm undo.csv
fails
again 0 0
rm all.csv all.csv.summary.json
for missing in undo.?-of-2.csv*; do
    mv "$missing" kept
    refused "$missing cannot be read"
    mv kept "$missing"
done
[ "$(find . -name 'undo.*' | wc -l)" -eq 5 ]
run 0 --merge --undo undo.csv all.csv
columns all.csv Status | sort -u | expect_file <(echo Updated)
undone

# A retry without --undo, and one that names the file of a run before it.
rm undo.* all.*
fails "$(no_get "${first[0]}")" "$(no_get "${second[0]}")"
shards 1
fails
run 0 --retry-failed --window 1 --shard 0/2 --undo undo.0-of-2.csv in.csv \
    all.0-of-2.csv
refused 'undo.0-of-2.csv lacks the users that were updated before the retry'
