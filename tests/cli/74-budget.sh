#!/bin/bash
# Shards with one --budget together send no more calls than --rate permits, also
# without Redis for some seconds, and when it is back with another password. A
# pause that the service requests of one of them stops the others. A wrong
# password, another rate or a replica is refused before any call. A primary that
# becomes a replica stops no run.
. "${0%/*}/../lib.sh"
if ! command -v redis-server >which; then
    echo "skipped: redis-server is not installed (make acceptance installs it)"
    exit 77
fi
"$BAUSER_BATCH" --version >version
if grep -q 'without hiredis' version; then
    echo "skipped: the program was built without hiredis"
    exit 77
fi

SHARDS=4
sim_start --limit 60/3s --latency 50
sim=$!
port=$("$PYTHON" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BUDGET=redis://127.0.0.1:$port/contoso

# Starts Redis with the password of the file password, without data.
redis_start() {
    redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no \
        --requirepass "$(cat password)" --logfile redis.log >redis.out 2>&1 &
    redis=$!
    SIMS=("$sim" "$redis")
    wait_until ping_redis
}

ping_redis() {
    REDISCLI_AUTH=$(cat password) redis-cli -p "$port" ping 2>&1 | grep PONG
}

# of_redis WORD...: a command of Redis.
of_redis() {
    REDISCLI_AUTH=$(cat password) redis-cli -p "$port" "$@" | grep -x OK
}

redis_kill() {
    kill -KILL "$redis"
    wait "$redis" || true
    SIMS=("$sim")
}

(umask 077 && echo 'pass word' >password && echo wrong >wrong)
redis_start
{
    echo "Id,$TITLE"
    for n in {1..100}; do
        user_row "$n" "Title $n"
    done
} >in.csv

# ---- what is refused before any call

run 2 --rate 20/s --budget "$BUDGET" in.csv out.csv
expect_stderr 'Redis at 127.0.0.1' BAUSER_BUDGET_PASSWORD_FILE
BAUSER_BUDGET_PASSWORD_FILE=$PWD/wrong run 2 --budget "$BUDGET" --resume \
    in.csv out.csv
expect_stderr 'rejects the password'
run 2 --budget "rediss://127.0.0.1:$port/contoso" in.csv other.csv
expect_stderr 'tunnel'
expect_counts calls=0

export BAUSER_BUDGET_PASSWORD_FILE=$PWD/password
run 0 --rate 10/s --budget "$BUDGET" --where "$TITLE=Title 1" in.csv one.csv
forget_calls
run 2 --rate 20/s --budget "$BUDGET" in.csv other.csv
expect_stderr '--rate 10/s'
run 2 --budget "$BUDGET" in.csv third.csv
expect_stderr '--rate 10/s'
of_redis flushall
of_redis replicaof 127.0.0.1 1
run 2 --budget "$BUDGET" in.csv third.csv
expect_stderr 'is a replica' 'write the address of its primary'
expect_counts calls=0
of_redis replicaof no one

# ---- one rate for all shards

programs=()
for ((k = 0; k < SHARDS; k++)); do
    "${PROGRAM[@]}" --rate 20/s --budget "$BUDGET" --shard "$k/$SHARDS" \
        in.csv "out.$k.csv" 2>"err.$k" &
    programs+=($!)
done
wait_until expect_counts 'calls>=60'
redis_kill
told() {
    [ "$(grep -l 'no connection to the store' err.? | wc -l)" -eq $SHARDS ]
}
wait_until told
# After a pause, each shard sends its share.
wait_until expect_counts 'calls>=100'
echo 'next word' >password
redis_start
for k in "${!programs[@]}"; do
    wait "${programs[k]}" || fail "shard $k: $(cat "err.$k")"
    grep 'connected again to the store' "err.$k" >found
done
# The user of the run before is unchanged.
expect_counts applied=99 throttled=0
for ((k = 0; k < SHARDS; k++)); do
    columns "out.$k.csv" Row
done | sort -n >rows
seq 100 | expect_file rows
# The interval is a fifth shorter than a second, as in 74-rate.
control record | jq -r .time_us | sort -n | awk '
    {
        arrived[NR] = $1
        while (arrived[NR] - arrived[first + 1] >= 800000) first++
        if (NR - first > most) most = NR - first
    }
    END {
        printf "%d calls in %.1f s, at most %d in a second\n", NR,
            (arrived[NR] - arrived[1]) / 1000000, most
        exit most > 20
    }'

# ---- a pause of one stops the others, also of a store with a name

PAUSES=redis://localhost:$port/pauses

limits
forget_calls
"${PROGRAM[@]}" --concurrency 1 --dry-run --budget "$PAUSES" in.csv first.csv \
    2>err.first &
first=$!
refused=()
for n in {101..104}; do
    refused+=("user=$(id "$n"):random:100%,retry-after=60")
done
{
    echo "Id,$TITLE"
    for n in {101..104}; do
        user_row "$n" "Title $n"
    done
} >refused.csv
wait_until expect_counts 'calls>=1'
limits "${refused[@]}"
"${PROGRAM[@]}" --dry-run --budget "$PAUSES" refused.csv second.csv 2>err.second &
second=$!
paused() {
    grep 'paused by the service' "$1"
}
wait_until paused err.second
wait_until paused err.first
kill -INT "$first" "$second"
for program in "$first" "$second"; do
    status=0
    wait "$program" || status=$?
    [ "$status" -eq 5 ] || fail "exit status $status"
done

# ---- a primary that becomes a replica stops no run

limits
forget_calls
of_redis flushall
"${PROGRAM[@]}" --concurrency 1 --dry-run --budget "$PAUSES" in.csv third.csv \
    2>err.third &
third=$!
wait_until expect_counts 'calls>=10'
of_redis replicaof 127.0.0.1 1
wait_until grep 'no connection to the store.*is a replica' err.third
of_redis replicaof no one
wait "$third" || fail "exit status $?"
grep 'connected again' err.third
