#!/bin/bash
# The sample for Slurm applies one file by eight tasks of an array. A program and
# a task are killed, one task is requeued, one reaches its time limit, one is
# cancelled, and Redis loses its data. Only what was cancelled or killed as a whole
# must be submitted again. The merged result and the users then equal those of a
# single run.
. "${0%/*}/../lib.sh"
. "$TESTS/slurm/cluster.inc"

# Several rows of a user, rows that fail or conflict, and a user who is missing.
{
    echo "Id,$TITLE,Expect.$TITLE,$BAD"
    for n in {1..400}; do
        user_row "$n" "Title $n,,"
        case $n in
        *[369]) user_row "$n" "Last title $n,," ;;
        *7) user_row "$n" ",,$BAD_VALUE" && user_row "$n" 'Other title,Somebody,' ;;
        esac
    done
    echo "$NOBODY,Title,,"
} >users.csv
rows=$(($(wc -l <users.csv) - 1))
gzip -n users.csv

# state: prints the users, without what each update changes.
state() {
    users 01 400 | jq -cS 'walk(if type == "object" then with_entries(select(
        .key | test("TimeStamp|LastModified|etag"; "i") | not)) else . end)'
}

sim_start
run 1 --report single.html users.csv.gz single.csv
state >single.users
sim_start --latency 100
redis_start
cluster_start
samples_for 8 80/s

submit sh slurm/submit.sh >submitted
read -r job <submitted
wait_until expect_counts 'calls>=100'
processes_of 1 | awk '$2 == "bauser-batch" { print $1 }' | xargs kill -KILL
processes_of 3 | awk '{ print $1 }' | xargs kill -KILL
on_cluster scancel "${job}_6"
on_cluster scancel --batch --signal=TERM "${job}_2" # as before the time limit
on_cluster scontrol requeue "${job}_5"
release "${job}_1"
release "${job}_2"
release "${job}_5"
redis_end
redis_start
wait_until all_ended

# Tasks 3 and 6 were not requeued. The merge says so, and the array works.
array=$(sed -n 's/.*sbatch \(--array=[0-9,-]*\) and.*/\1/p' merge.log)
[ "$array" = --array=3,6 ] || fail "not the missing shards: $(cat merge.log)"
expect_no_file result.csv
again=$(submit sbatch --parsable "$array" slurm/shards.sbatch)
submit sbatch --dependency="afterany:$again" slurm/merge.sbatch >out
wait_until all_ended

columns=(Row Id Status ErrorCode ErrorName Field Changed)
columns single.csv "${columns[@]}" >single.columns
columns result.csv "${columns[@]}" | expect_file single.columns
state | expect_file single.users
jq -r '.shard, (.merged_shards | length, (map(.rows) | add))' \
    result.csv.summary.json | expect_file <(printf '%s\n' null 8 "$rows")
of_rows='.rows, (.errors | sort), .exit.status'
jq -S "$of_rows" single.csv.summary.json >single.rows
jq -S "$of_rows" result.csv.summary.json | expect_file single.rows
grep -q '<th scope="row">7/8</th>' report.html
find . -name '*.html' ! -name single.html | expect_file <(echo ./report.html)
expect_counts most_applied=1 update_overlaps=0
# What was tried has happened.
grep -q 'stopped by a signal' shard-2.log
grep -q 'stopped by a signal' shard-5.log
for k in 1 2 3 5 6; do
    [ "$(jq .resumed result.$k-of-8.csv.summary.json)" = true ] ||
        fail "shard $k was not resumed"
done
grep -l 'connected again to the store' shard-?.log >found
