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
    forget_calls
}
killed in.csv out.csv
columns out.csv Status | uniq | expect_file <(echo Updated)
cp out.csv before
run 2 in.csv out.csv
expect_stderr --resume
run 0 --resume in.csv out.csv
cmp out.csv before
expect_stderr '2 rows: 2 Updated;'
expect_counts calls=0
expect_no_file out.csv.journal out.csv.part

# The end of its time does not matter any more.
killed in.csv out.csv
run 0 --resume --until 2000-01-01T00:00 in.csv out.csv
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

# Rows that were retried, and failed again, are not retried once more.
printf "Id,$TITLE\n${U}10,z\n${U}11,z\n${U}12,z\n" >three.csv
fails() {
    echo "{\"call\":\"GetUser\",\"id\":\"$U$1\",\"kind\":\"status\",\"times\":0}"
}
faults "$(fails 10)" "$(fails 11)"
run 1 --retries 0 three.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Failed Failed Updated)
faults
faults "$(fails 11)"
killed --retry-failed --retries 0 --give-up 0.2 three.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Updated Failed Updated)
cp out.csv before
run 1 --resume --retry-failed --give-up 0.2 three.csv out.csv
cmp out.csv before
expect_counts calls=0
expect_no_file out.csv.journal out.csv.part

# Nor is a token requested, although another process has the refresh token.
faults
killed in.csv out.csv
use_refresh_token
exec 9<token
flock 9
run 0 --resume in.csv out.csv
expect_stderr '2 rows: 2 Updated;'
expect_counts calls=0 Token=0
