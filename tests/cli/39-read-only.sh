#!/bin/bash
# While users can be read but not updated, the updates pause, and no row fails.
# The run continues when an update succeeds, or stops after --give-up.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..400}; do
        user_row "$i" "Title $i"
    done
} >in.csv
users_before 1 400

# Not 503, which could also mean too many calls.
faults '{"kind":"status","status":500,"call":"UpdateUser","skip":5,"times":0}'
run 5 --concurrency 4 --retries 0 --give-up 0.05 --log-file log \
    --log-format json in.csv out.csv
expect_stderr 'no successful update' 'to resume: '
columns out.csv.part Status | sort -u | expect_file <(echo Updated)
expect_counts applied=5 'UpdateUser<=130' 'calls<=400'
grep '"event":"circuit-open"' log | grep -q '"call":"UpdateUser"'

forget_calls
faults '{"kind":"status","status":500,"call":"UpdateUser","times":103}'
run 0 --concurrency 4 --resume --log-file log --log-format json in.csv out.csv
grep -q '"event":"circuit-closed"' log
columns out.csv Status | uniq | expect_file <(echo Updated)
expect_counts applied=395 most_applied=1
