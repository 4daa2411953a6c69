#!/bin/bash
# With --rate 1200/m and one budget, the tasks together never make more calls in
# a minute, and use at least 90 percent of them, although one ends early and
# another one is killed and requeued. A pause that the service requests stops all
# of them within a second.
. "${0%/*}/../lib.sh"
. "$TESTS/slurm/cluster.inc"

# Shard 2 has few rows.
{
    echo "Id,$TITLE"
    for n in {1..6000}; do
        user_row "$n" "Title $n"
    done
} >all.csv
run 0 --check --shard 2/8 all.csv shard.csv
columns shard.csv Id | tail -n +31 >left-out
grep -vFf left-out all.csv | gzip -n >users.csv.gz

sim_start --latency 100
redis_start
cluster_start
samples_for 8 1200/m
submit sh slurm/submit.sh >submitted
read -r job <submitted

all_run() {
    [ "$(on_cluster squeue --noheader --states=RUNNING | wc -l)" -eq 8 ]
}
wait_until all_run
wait_until expect_counts 'calls>=300'
processes_of 4 | awk '$2 == "bauser-batch" { print $1 }' | xargs kill -KILL
release "${job}_4"
for calls in {400..2700..100}; do
    wait_until expect_counts "calls>=$calls"
done
grep -q '30 rows: ' shard-2.log || fail 'shard 2 has not ended'
grep -q 'resume: ' shard-4.log || fail 'shard 4 was not resumed'
[ "$(grep -l 'rows/s' shard-?.log)" = shard-2.log ]

# arrivals FILTER: prints the times of these calls in seconds.
arrivals() {
    control record | jq "select($1) | .time_us / 1000000" | sort -n
}
# Of two minutes, which begin ten seconds after the first call.
arrivals true | awk '
    {
        arrived[NR] = $1
        while (arrived[NR] - arrived[first + 1] >= 60) first++
        if (NR - first > most) most = NR - first
        since = $1 - arrived[1] - 10
        if (since >= 0 && since < 120) used++
    }
    END {
        printf "at most %d calls in a minute; %.1f %% of the limit used\n",
            most, used / 24
        exit most > 1200 || used < 2160
    }'

# A ninth program in the budget, both of whose users are refused once.
rules=()
{
    echo "Id,$TITLE"
    for n in 6001 6002; do
        user_row "$n" "Title $n"
        rules+=("{\"kind\":\"error\",\"code\":117,\"id\":\"$(id $n)\",\"retry_after\":\"20\"}")
    done
} >refused.csv
faults "${rules[@]}"
run 0 --rate 1200/m --budget "$BUDGET" refused.csv refused-result.csv
second=$(arrivals '.fault != null' | sed -n 2p)
first=$(arrivals '.fault != null' | sed -n 1p)
called_again() {
    control record | jq -s -e "map(select(.time_us / 1000000 > $first + 20)) |
        length > 20"
}
wait_until called_again
arrivals true | awk -v first="$first" -v second="$second" '
    # The response came after the latency of 0.1 s.
    $1 > second && $1 < first + 20 { last = $1 }
    $1 >= first + 20 && !next_call { next_call = $1 }
    END {
        printf "the last call was %.2f s after the refusal, the next one %.2f s\n",
            last - second - 0.1, next_call - second - 0.1
        exit last > second + 1.1
    }'
on_cluster scancel "$job"
