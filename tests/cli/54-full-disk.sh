#!/bin/bash
# If the result cannot be written, the run starts nothing new and ends with exit
# status 6 and a message. OUTPUT is not created, and --resume completes the run.
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..2000}; do
        user_row "$i" "Title $i"
    done
} >in.csv

# ended TEXT: the program has ended with exit status 6 and the message TEXT,
# long before the last row.
ended() {
    [ "$status" -eq 6 ] || fail "exit status $status instead of 6"
    expect_stderr "$1"
    expect_counts 'applied<=1990' in_flight=0
    control users -X DELETE >reset
    forget_calls
}

# A limit on the size of a file acts like a full disk: for the journal, ...
status=0
(ulimit -f 8 && run 6 in.csv out.csv) || status=$?
[ "$status" -eq 0 ] || fail "see above"
expect_stderr 'cannot write the journal out.csv.journal: File too large; raise the limit' \
    'ulimit -f' 'to resume: '
expect_counts 'applied>=1' 'applied<=1990' in_flight=0
expect_no_file out.csv
run 0 --resume in.csv out.csv
expect_counts applied=2000 most_applied=1
columns out.csv Row | expect_file <(seq 2000)
expect_no_file out.csv.journal out.csv.part
control users -X DELETE >reset
forget_calls

# ... and for the result of a run without a journal.
status=0
(ulimit -f 8 && run 6 --export in.csv out.csv) || status=$?
[ "$status" -eq 0 ] || fail "see above"
expect_stderr 'cannot write out.csv.part' 'raise the limit' 'no journal is kept for such a run; to run it again: '
expect_counts 'GetUser<=1990' in_flight=0
forget_calls

run_to() {
    status=0
    "${PROGRAM[@]}" in.csv - 2>err || status=$?
}
run_to >/dev/full
ended 'cannot write standard output'
run_to >&-
[ "$status" -eq 2 ] || [ "$status" -eq 6 ] || fail "exit status $status"
expect_counts 'applied<=1990'
{ run_to; echo "$status" >status; } | head -n 5 >first
read -r status <status
ended 'standard output was closed by its reader'
[ "$(wc -l <first)" -eq 5 ]
