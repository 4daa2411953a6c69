#!/bin/bash
# A merge can be followed by what follows a run, with its options except --shard:
# its rows are retried, also those of a plan, corrected, and undone. Another merge
# does not replace rows that were retried.
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {01..20}; do
        echo "$U$n,Title $n"
    done
} >in.csv
users 01 20 | jq -c "$TITLE_PATH" >before

# merged OPTION... INPUT: runs and merges two shards, in which users 05 and 11 fail.
merged() {
    faults "{\"call\":\"GetUser\",\"id\":\"${U}05\",\"kind\":\"status\",\"times\":0}" \
        "{\"call\":\"GetUser\",\"id\":\"${U}11\",\"kind\":\"status\",\"times\":0}"
    for k in 1 2; do
        PARALLEL_SEQ=$k "${PROGRAM[@]}" --shard auto/2 --retries 0 \
            --failed failed.csv --undo undo.csv "$@" all.csv >out 2>err ||
            [ $? -eq 1 ]
    done
    run 1 --merge --failed failed.csv --undo undo.csv all.csv
    control faults -X DELETE >response
    [ "$(grep -c Failed all.csv)" -eq 2 ]
}
updated() {
    columns all.csv Row Status | expect_file <(seq 20 | sed 's/$/|Updated/')
}

merged in.csv
for name in '' .0-of-2 .1-of-2; do # as with --summary s.json
    cp "all$name.csv.summary.json" "s$name.json"
done
run 0 --retry-failed --undo undo.csv.retry.csv in.csv all.csv
updated
run 2 --merge all.csv
expect_stderr 'all.csv has the results of --retry-failed, which its shards lack; move'
run 2 --merge --summary s.json all.csv
expect_stderr 'all.csv has the results of --retry-failed, which its shards lack; move'
updated
run 0 undo.csv.retry.csv retried.undone.csv
run 0 undo.csv undone.csv
users 01 20 | jq -c "$TITLE_PATH" | expect_file before
rm all* undo*

merged in.csv
run 0 failed.csv corrected.csv
columns corrected.csv Id Status |
    expect_file <(printf '%s|Updated\n' "${U}05" "${U}11")
control users -X DELETE >response
rm all* undo* failed*

run 0 --dry-run --plan plan.csv in.csv dry-run.csv
approved=$(sha256sum plan.csv | cut -d ' ' -f 1)
merged --approve "$approved" plan.csv
run 0 --retry-failed --approve "$approved" plan.csv all.csv
updated
expect_counts most_applied=1
