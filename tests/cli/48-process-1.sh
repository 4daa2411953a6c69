#!/bin/bash
# As process 1 of a container, where a signal has no default action, the program
# stops at the first signal and ends at the second one, as elsewhere.
# services: rest
. "${0%/*}/../lib.sh"

process_1=(unshare --pid --fork --kill-child)
"${process_1[@]}" true 2>err ||
    process_1=(unshare --user --map-root-user --pid --fork --kill-child)
if ! "${process_1[@]}" true 2>err; then
    echo "skipped: no namespace of processes: $(tail -n 1 err)"
    exit 77
fi
sim_start

printf "Id,$TITLE\n${U}01,x\n" >in.csv
faults '{"kind":"stall","call":"UpdateUser","when":"after"}'
"${process_1[@]}" "${PROGRAM[@]}" --drain 3600 in.csv out.csv 2>err &
parent=$!
is_stalled() {
    expect_counts UpdateUser=1 in_flight=1
}
wait_until is_stalled
program=$(tr -d ' ' <"/proc/$parent/task/$parent/children")
kill -TERM "$program"
wait_until grep -q 'stopping after the users in flight' err
# A second signal counts two seconds later.
is_dead() {
    ! kill -TERM "$program"
}
wait_until is_dead
status=0
wait "$parent" || status=$?
[ "$status" -eq 143 ] || fail "exit status $status"
faults
run 0 --resume in.csv out.csv
expect_counts applied=1 most_applied=1
