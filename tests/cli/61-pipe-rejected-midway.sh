#!/bin/bash
# If the input from a pipe is rejected midway, the run ends with exit status 3.
# Rows that were sent have their outcome; rows that were not started are
# NotAttempted. So are rows whose update --limit does not allow.
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
expect_stderr 'standard input: row 41, line 42: the row has 3 cells'
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

# The calls of four users wait for a response when the invalid row comes. Then
# --limit allows one update.
control users -X DELETE >response
forget_calls
faults '{"call":"GetUser","kind":"stall","times":4}'
mkfifo limited
status=0
"${PROGRAM[@]}" --limit 1 --log-file log - limited.csv <limited 2>err &
exec 3>limited
head -n 5 in.csv >&3
has_called() {
    expect_counts GetUser=4
}
wait_until has_called
echo "$(id 5),Title,too wide" >&3
exec 3>&-
is_rejected() {
    grep -q ' warn stop' log
}
wait_until is_rejected
control faults -X DELETE >response
wait $! || status=$?
[ "$status" -eq 3 ] || fail "exit status $status"
expect_stderr 'standard input: row 5, line 6: the row has 3 cells'
expect_counts applied=1
columns limited.csv Id ErrorName | sort -t'|' -k2 >names
control applied | jq -r .id | sed 's/$/|/' | expect_file <(head -n 1 names)
tail -n +2 names | cut -d'|' -f2 | uniq -c | expect_file <(echo '      3 InputRefused')
columns limited.csv Row Retryable Attempts | grep -c '|yes|2$' |
    expect_file <(echo 3)
