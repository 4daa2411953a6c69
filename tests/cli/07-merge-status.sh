#!/bin/bash
# The exit status of a merge is that of a single run, with --detailed-exit-code
# too. A run of one shard is merged like any other.
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {01..20}; do
        echo "$U$n,Title $n"
    done
} >in.csv
{ cat in.csv && echo "$NOBODY,Nobody"; } >failed.csv

# merged STATUS DETAILED COUNT MODE INPUT: merges the shards of a run.
merged() {
    local k

    rm -f all.*
    for ((k = 0; k < $3; k++)); do
        "${PROGRAM[@]}" "$4" --shard "$k/$3" "$5" "all.$k-of-$3.csv" \
            >out 2>err || true
    done
    run "$1" --merge all.csv
    run "$2" --merge --detailed-exit-code all.csv
    jq .exit.status all.csv.summary.json | expect_file <(echo "$2")
}

merged 0 8 4 --dry-run in.csv
merged 1 1 4 --dry-run failed.csv
merged 1 9 4 --reconcile in.csv
merged 1 1 4 --reconcile failed.csv
merged 0 8 1 --dry-run in.csv
run 0 in.csv applied.csv
merged 0 0 4 --dry-run in.csv
merged 0 0 4 --reconcile in.csv
