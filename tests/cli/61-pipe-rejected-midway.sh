#!/bin/bash
# If the input from a pipe is rejected midway, the run ends with exit status 3.
# Rows that were sent have their outcome; rows that were not started are
# NotAttempted.
# services: rest
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..40}; do
        user_row "$i" "Title $i"
    done
    user_row 41 "Title,too wide"
    user_row 42 "after it"
} >in.csv

# With a window of 10 rows, the first ones are sent before the invalid row is
# read.
mkfifo pipe
status=0
"${PROGRAM[@]}" --window 10 - out.csv <pipe 2>err &
exec 3>pipe
head -n 21 in.csv >&3
has_applied() {
    expect_counts "applied>=$1"
}
wait_until has_applied 9
tail -n +22 in.csv >&3
exec 3>&-
wait $! || status=$?
[ "$status" -eq 3 ] || fail "exit status $status"
expect_stderr 'standard input: row 41, line 42: the row has 3 fields'
columns out.csv Row Id | expect_file <(for i in {1..40}; do
    echo "$i|$(id "$i")"
done)
columns out.csv Id Status | sed -n 's/|Updated$//p' | sort >updated
control applied | jq -r .id | sort | expect_file updated
columns out.csv Status Retryable Attempts | tail -n 5 | uniq |
    expect_file <(echo 'NotAttempted|yes|0')
columns out.csv Status >statuses
expect_none '^(Failed|Unknown|Conflict)' statuses

# With the default window, the invalid row is read before any row is sent.
forget_calls
cat in.csv | run 3 - out.csv
expect_counts calls=0
