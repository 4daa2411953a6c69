#!/bin/bash
# A run that is killed between the rename of OUTPUT and the removal of its journal
# is completed by --resume, without a call. If OUTPUT or INPUT was changed since,
# the journal does not count, and --resume begins a new run.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0

printf "Id,$TITLE\n${U}10,x\n${U}11,x\n" >in.csv
printf "Id,$TITLE\n${U}10,y\n${U}11,y\n" >other.csv

# killed ARGUMENT...: a run that is killed when it removes its journal.
killed() {
    control users -X DELETE >reset
    status=0
    INJECT_CALL=unlink INJECT_AT=1 INJECT_TIMES=kill LD_PRELOAD=$INJECT \
        "${PROGRAM[@]}" "$@" 2>err || status=$?
    [ "$status" -eq 137 ] || fail "exit status $status"
    [ -s out.csv.journal ]
    columns out.csv Status | uniq | expect_file <(echo Updated)
    forget_calls
}
killed in.csv out.csv
cp out.csv before
run 2 in.csv out.csv
expect_stderr --resume
run 0 --resume in.csv out.csv
cmp out.csv before
expect_stderr '2 rows: 2 Updated;'
expect_counts calls=0
expect_no_file out.csv.journal out.csv.part

killed in.csv out.csv
sed -i 's/Updated/updated/' out.csv
run 0 --resume in.csv out.csv
expect_stderr '2 rows: 2 Unchanged;'
expect_no_file out.csv.journal out.csv.part

killed in.csv out.csv
run 0 --resume other.csv out.csv
expect_stderr '2 rows: 2 Updated;'
expect_counts applied=2

# The rows of an OUTPUT that were retried.
sed -i '2s/Updated\(.*\),,,,,,/Failed\1,0,X,x,,yes,/' out.csv
killed --retry-failed other.csv out.csv
cp out.csv before
run 0 --resume --retry-failed other.csv out.csv
cmp out.csv before
expect_counts calls=0
expect_no_file out.csv.journal out.csv.part
