#!/bin/bash
# If nobody reads standard output for a while, the calls in flight are completed
# in time and no row is lost.
. "${0%/*}/../lib.sh"
sim_start --latency 10

# make_input BEFORE ROWS TITLE: prints the rows of so many users, that many invalid
# rows, each longer than a kilobyte, and the rows of the other ones of 30 users.
make_input() {
    local i long

    long=$(printf 'x%.0s' {1..1000})
    echo Id,JobTitle
    for ((i = 1; i <= 30; i++)); do
        if [ "$i" -eq $(($1 + 1)) ]; then
            seq "$2" | sed "s/.*/$long,x/"
        fi
        user_row "$i" "$3 $i"
    done
}

# start [OPTION...]: starts the program; its output is not read.
start() {
    rm -f pipe
    mkfifo pipe
    "${PROGRAM[@]}" "$@" in.csv - >pipe 2>err &
    program=$!
    exec 3<pipe
}

# read_all STATUS: reads the output; the program ends with that exit status.
read_all() {
    local status=0

    cat <&3 >out
    exec 3<&-
    wait "$program" || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
}

has_counted() {
    expect_counts "$@"
}

# The pipe is full before the first response arrives, and all users are finished
# before the output is read.
make_input 0 150 First >in.csv
start --timeout 1 --concurrency 2
wait_until has_counted applied=30 in_flight=0
read_all 1
columns out Row | expect_file <(seq 180)
columns out Status ErrorName | sort | uniq -c | expect_file <(
    printf '%7d %s\n' 150 'Failed|InvalidId' 30 'Updated|'
)

# While more than a megabyte is unread, no user is started but one or two.
forget_calls
make_input 1 2500 Second >in.csv
start --timeout 1 --concurrency 2
wait_until has_counted 'applied>=1' in_flight=0
expect_counts 'applied<=2'
read_all 1
expect_counts applied=30
columns out Row | expect_file <(seq 2530)
columns out Status | uniq -c | expect_file <(
    printf '%7d %s\n' 1 Updated 2500 Failed 29 Updated
)

# A signal stops such a run too, and no result of what was read is lost.
forget_calls
make_input 1 2500 Third >in.csv
start --concurrency 2
wait_until has_counted 'applied>=1' in_flight=0
kill -TERM "$program"
wait_until grep -q stopping err
read_all 5
rows=$(columns out Row | wc -l)
[ "$rows" -gt 1000 ]
columns out Row | expect_file <(seq "$rows")
columns out Status | sort -u | expect_file <(printf '%s\n' Failed Updated)

# --check makes no calls, and waits for its reader.
status=0
"$BAUSER_BATCH" --check in.csv - 2>err | cat >out || status=$?
[ "$status" -eq 1 ]
columns out Row | expect_file <(seq 2530)

# If the reader closes the pipe, the run ends.
start --concurrency 2
wait_until has_counted 'GetUser>=1'
exec 3<&-
status=0
wait "$program" || status=$?
[ "$status" -eq 6 ] || fail "exit status $status instead of 6"
expect_stderr 'standard output was closed by its reader'
