#!/bin/bash
# Where the latency is what limits a run, eight tasks make at least 7.2 times as
# many calls a second as one.
. "${0%/*}/../lib.sh"
. "$TESTS/slurm/cluster.inc"

{
    echo "Id,$TITLE"
    for n in {1..1600}; do
        user_row "$n" "Title $n"
    done
} | gzip -n >users.csv.gz

sim_start --latency 200
redis_start
cluster_start
samples_for 8 6000/s
export BAUSER_CONCURRENCY=4

# calls_of TASKS ALL: prints how many calls these tasks of the array make in eight
# seconds, which begin two seconds after the first call, and end before ALL calls.
calls_of() {
    local job

    rm -f result.*
    control users -X DELETE >reset.response
    job=$(submit sbatch --parsable --array="$1" slurm/shards.sbatch)
    wait_until expect_counts "calls>=$2"
    control record | jq .time_us | sort -n | awk '
        { arrived[NR] = $1 }
        END {
            for (i = 1; i <= NR; i++) {
                since = (arrived[i] - arrived[1]) / 1000000
                if (since >= 2 && since < 10) calls++
            }
            if (since < 10) exit 1
            print calls
        }'
    on_cluster scancel "$job"
    wait_until all_ended
    forget_calls
}

one=$(calls_of 0 220)
eight=$(calls_of 0-7 1900)
echo "one task: $one calls in 8 s, eight tasks: $eight"
[ "$((eight * 10))" -ge "$((one * 72))" ]
