#!/bin/bash
# --retry-failed keeps the finished rows, counts no kept failure for
# --max-errors, discards no row that its pipe lacks, and never reports that
# nothing was sent (exit status 2) while a call is in flight.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..8}; do
        user_row "$i" "Title $i"
    done
    for i in {1..5}; do
        echo "no Id $i,Title"
    done
    user_row 9 "Title 9"
} >in.csv
faults '{"kind":"status","call":"UpdateUser","id":"'"$(id 3)"'","times":0}'
run 1 --retries 0 in.csv out.csv
columns out.csv Status | sort | uniq -c | tr -s ' ' | expect_file <(
    printf ' 6 Failed\n 8 Updated\n'
)
cp out.csv before.csv
faults

# All but two rows are missing.
head -n 3 in.csv >short.csv
status=0
cat short.csv | "${PROGRAM[@]}" --retry-failed - out.csv \
    2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
cmp out.csv before.csv
expect_stderr 'is missing in INPUT'

# Another row arrives when the call of the third row is in flight.
mkfifo pipe
forget_calls
faults '{"kind":"stall","call":"GetUser","id":"'"$(id 3)"'"}'
"${PROGRAM[@]}" --retry-failed --log-file log - out.csv <pipe 2>err &
program=$!
exec 3>pipe
head -n 9 in.csv >&3
stalled() {
    expect_counts GetUser=1 in_flight=1
}
wait_until stalled
user_row 20 "Title 20" >&3
exec 3>&-
wait_until grep -q ' warn stop ' log
faults
status=0
wait "$program" || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
expect_stderr 'row 9 has another Id' 'to resume: '
cmp out.csv before.csv

forget_calls
run 1 --retry-failed --max-errors 2 in.csv out.csv
expect_counts GetUser=1 UpdateUser=1
diff before.csv out.csv >changes || true
grep -c '^>' changes | expect_file <(echo 1)
columns out.csv Id Status | sed -n 3p | expect_file <(echo "$(id 3)|Updated")
expect_no_file out.csv.journal out.csv.part
