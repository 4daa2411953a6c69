#!/bin/bash
# A pipe that is refused while an interrupted run is taken up leaves that run as
# it was: its journal stays, and the right pipe finishes it later.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

# input NAME FIRST COUNT: titles for that many users.
input() {
    local i

    echo "Id,$TITLE"
    for ((i = $2; i < $2 + $3; i++)); do
        user_row "$i" "Title $i"
    done >titles
    cat titles
} >"$1"
input in.csv 1 400
input other.csv 5001 400
users_before 01 400

# Nobody answers user 200: by then 399 others are done, and the pipe is over.
faults '{"kind":"stall","call":"UpdateUser","id":"'"$(id 200)"'","when":"after","times":0}'
cat in.csv | "${PROGRAM[@]}" - out.csv 2>err &
program=$!
all_but_one() {
    expect_counts applied=400
    [ "$(grep -c '^[0-9a-f]\{8\} R' out.csv.journal)" -ge 399 ]
}
wait_until all_but_one
kill -KILL "$program"
wait "$program" || true
faults
CLAIM='^[0-9a-f]\{8\} N ' # the record of each process that resumes a run
grep -v "$CLAIM" out.csv.journal >journal
calls=$(control counts | jq .calls)

# refused INPUT STATUS: a run that must send nothing and lose nothing.
refused() {
    status=0
    "${PROGRAM[@]}" --resume - out.csv <pipe >out 2>err &
    cat "$1" >pipe
    wait $! || status=$?
    [ "$status" -eq "$2" ] || fail "$1: exit status $status"
    expect_counts "calls=$calls"
    grep -v "$CLAIM" out.csv.journal | cmp journal - ||
        fail "$1: the journal is another one"
    expect_no_file out.csv
}
mkfifo pipe
head -n 200 in.csv >short.csv
{
    head -n 100 in.csv
    echo 'x"y,z'
} >damaged.csv
{
    head -n 390 other.csv
    echo 'x"y,z'
} >other-damaged.csv
for input in short damaged other other-damaged; do
    refused "$input.csv" 2
done

cat in.csv | "${PROGRAM[@]}" --resume - out.csv 2>err ||
    fail "in.csv: exit status $?"
expect_run in.csv out.csv resumed
expect_no_file out.csv.journal out.csv.part
expect_counts "calls=$((calls + 1))" applied=400
