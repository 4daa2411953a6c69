#!/bin/bash
# A log that nobody reads, on standard error or in a named pipe, holds up
# neither the calls nor the end after a signal; what fits is whole lines.
# services: rest
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..250}; do
        user_row "$i" "Title $i"
    done
} >in.csv
# Each update is refused twice: that is more lines than a pipe contains.
interfere='{"kind":"interfere","call":"UpdateUser","times":500}'

# unread NAME: a pipe with a reader, descriptor 4, that does not read.
unread() {
    rm -f "$1"
    mkfifo "$1"
    exec 3<>"$1" 4<"$1" 3>&-
}
# read_lines: now it does; more than 100 whole lines have come.
read_lines() {
    grep -v '^bauser-batch: ' <&4 >log
    exec 4<&-
    jq -r .event log >events.list
    [ "$(grep -c stale-version events.list)" -gt 100 ]
}

faults "$interfere"
unread pipe
run 0 --log-file pipe --log-format json in.csv out.csv
read_lines
expect_counts applied=250

control users -X DELETE >reset
forget_calls
faults "$interfere"
unread pipe
status=0
"${PROGRAM[@]}" --log-file /dev/stderr --log-format json in.csv out.csv \
    2>pipe || status=$?
[ "$status" -eq 0 ] || fail "exit status $status"
read_lines
expect_counts applied=250

# The last call stalls.
control users -X DELETE >reset
forget_calls
faults '{"kind":"stall","call":"GetUser","id":"'"$(id 250)"'"}' "$interfere"
unread pipe
"${PROGRAM[@]}" --drain 0 --log-file /dev/stderr --log-format json \
    in.csv out.csv 2>pipe &
program=$!
is_stalled() {
    expect_counts applied=249 in_flight=1
}
wait_until is_stalled
kill -TERM "$program"
status=0
wait "$program" || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
read_lines
