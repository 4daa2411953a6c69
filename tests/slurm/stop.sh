#!/bin/bash
# A task of the sample for Slurm that ends with exit status 2, 3 or 4 stops the
# others, which end in order and are not requeued. The merge says what is missing.
# When the reason is corrected, these tasks are submitted again, and no update is
# applied twice.
. "${0%/*}/../lib.sh"
. "$TESTS/slurm/cluster.inc"

{
    echo "Id,$TITLE"
    for n in {1..6000}; do
        user_row "$n" "Title $n"
    done
} | gzip -n >users.csv.gz

sim_start --latency 100
redis_start
cluster_start
samples_for 8 6000/s
export BAUSER_CONCURRENCY=4

submit sh slurm/submit.sh >submitted
read -r job <submitted
wait_until expect_counts 'calls>=100'
# Task 5 is requeued, and then rejects its journal, with exit status 2.
processes_of 5 | awk '$2 == "bauser-batch" { print $1 }' | xargs kill -KILL
wait_until is_pending "${job}_5"
echo damaged >result.5-of-8.csv.journal
release "${job}_5"
wait_until all_ended

grep 'bauser-batch: result.5-of-8.csv' shard-5.log
for k in {0..4} 6 7; do
    [ "$(grep -c 'stopped by a signal' shard-$k.log)" -eq 1 ] ||
        fail "shard $k: $(cat shard-$k.log)"
done
expect_counts in_flight=0 most_applied=1 'applied<=5000'
array=$(sed -n 's/.*sbatch \(--array=[0-9,-]*\) and.*/\1/p' merge.log)
[ "$array" = --array=0-7 ] || fail "not the missing shards: $(cat merge.log)"
expect_no_file result.csv

rm result.5-of-8.csv.*
again=$(BAUSER_CONCURRENCY=64 submit sbatch --parsable "$array" slurm/shards.sbatch)
submit sbatch --dependency="afterany:$again" slurm/merge.sbatch >out
wait_until all_ended
columns result.csv Row | sort -n | expect_file <(seq 6000)
expect_counts applied=6000 most_applied=1 update_overlaps=0 in_flight=0
