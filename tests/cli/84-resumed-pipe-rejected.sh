#!/bin/bash
# If a resumed run rejects the input from its pipe, the journal is kept, and the
# right input completes the run later.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

# input NAME FIRST COUNT: writes an input with titles for that many users.
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

# User 200 gets no response. The 399 other users are finished, and the pipe has
# ended.
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
cp out.csv.journal journal
calls=$(control counts | jq .calls)

# rejected INPUT STATUS: a resumed run with INPUT sends nothing and loses
# nothing.
rejected() {
    status=0
    "${PROGRAM[@]}" --resume - out.csv <pipe >out 2>err &
    cat "$1" >pipe
    wait $! || status=$?
    [ "$status" -eq "$2" ] || fail "$1: exit status $status"
    expect_counts "calls=$calls"
    cmp out.csv.journal journal || fail "$1: the journal is another one"
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
    rejected "$input.csv" 2
done

cat in.csv | "${PROGRAM[@]}" --resume - out.csv 2>err ||
    fail "in.csv: exit status $?"
expect_run in.csv out.csv resumed
expect_no_file out.csv.journal out.csv.part
expect_counts "calls=$((calls + 1))" applied=400
