#!/bin/bash
# --limit stops a run with exit status 10 after that many users were sent an
# update, --max-changes before a further one. Users of earlier parts count. The
# printed command applies the rest.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..40}; do
        user_row "$i" "Title $i"
    done
} >in.csv

# reset: restores the users, and removes OUTPUT.
reset() {
    control users -X DELETE >reset.response
    forget_calls
    rm -f out.csv*
}
# next_command: runs the command that the last run printed for the next step.
next_command() {
    PATH=${BAUSER_BATCH%/*}:$PATH bash -c \
        "$(sed -n 's/^bauser-batch: .*to apply the rest[^:]*: //p' err)" \
        >out 2>err
}

# Many calls are in flight, some responses are lost, and some calls fail.
faults '{"kind":"close","call":"UpdateUser","when":"after","percent":40,"times":0}' \
    '{"kind":"status","call":"GetUser","percent":20,"times":0}'
run 10 --concurrency 16 --limit 7 in.csv out.csv
expect_stderr 'stopped by --limit 7: 7 users were sent an update' \
    'to apply the rest, after you have checked the results so far: '
expect_counts users_touched=7 applied=7 most_applied=1
columns out.csv.part Status | sort | uniq -c | expect_file <(echo '      7 Updated')
expect_no_file out.csv
jq -r '.exit | "\(.status) \(.option)"' out.csv.part.summary.json |
    expect_file <(echo '10 --limit')

# The users of the first part count.
run 10 --resume --limit 7 in.csv out.csv
expect_counts users_touched=7
run 10 --resume --limit 9 in.csv out.csv
expect_counts users_touched=9 most_applied=1
next_command
expect_counts users_touched=40 most_applied=1
columns out.csv Row Status | expect_file <(seq 40 | sed 's/$/|Updated/')

# A run that is killed and resumed sends no more than the limit.
reset
faults '{"kind":"stall","call":"UpdateUser","when":"after","skip":4}'
"${PROGRAM[@]}" --concurrency 8 --limit 6 in.csv out.csv 2>killed.err &
program=$!
is_stalled() {
    expect_counts 'in_flight>=1' 'users_touched>=5'
}
wait_until is_stalled
kill -KILL "$program"
wait "$program" 2>wait.err || true
faults
run 10 --resume --limit 6 --concurrency 8 in.csv out.csv
expect_counts users_touched=6 most_applied=1
columns out.csv.part Status | uniq -c | expect_file <(echo '      6 Updated')
next_command
expect_counts users_touched=40 most_applied=1

# Users that need no update do not count.
run 0 --limit 1 in.csv out.csv
columns out.csv Status | uniq | expect_file <(echo Unchanged)
run 0 --max-changes 0 in.csv out.csv

reset
run 10 --max-changes 3 in.csv out.csv
expect_stderr 'stopped by --max-changes 3: 3 users were sent an update, and another one needs an update'
expect_counts users_touched=3
next_command
expect_counts users_touched=40 most_applied=1
reset
run 0 --max-changes 40 in.csv out.csv
expect_counts users_touched=40
reset
run 10 --max-changes 0 in.csv out.csv
expect_counts users_touched=0
expect_no_file out.csv out.csv.part out.csv.journal

# A percentage is that of the rows that a plan was made from: here 4 of 40. It is
# checked before the first call, also if the plan is a pipe or has lost its rows.
run 2 --max-changes 5% in.csv out.csv
expect_stderr '--max-changes N% requires a plan'
for n in {5..40}; do
    write_user "$n" "$TITLE_PATH = \"Title $n\""
done
forget_calls
run 0 --dry-run --plan plan.csv in.csv dry.csv
sha=$(sha256sum plan.csv | cut -d ' ' -f 1)
forget_calls
run 3 --max-changes 9% --approve "$sha" plan.csv out.csv
expect_stderr 'plan.csv updates 4 users, more than --max-changes 9% of the 40 rows that it was made from'
cat plan.csv | run 3 --max-changes 9% --approve "$sha" - out.csv
sed 's/_SourceRows/_Rows/' plan.csv >edited.csv
run 3 --max-changes 100% \
    --approve "$(sha256sum edited.csv | cut -d ' ' -f 1)" edited.csv out.csv
expect_stderr 'edited.csv has no column _SourceRows=N'
expect_counts calls=0
expect_no_file out.csv out.csv.part out.csv.journal

# On a day without changes, the plan and its share are empty.
head -n 1 in.csv >none.csv
run 0 --dry-run --plan none.plan.csv none.csv dry.csv
none=$(sha256sum none.plan.csv | cut -d ' ' -f 1)
run 0 --max-changes 10% --approve "$none" none.plan.csv none.out.csv

# A configured percentage stays in the printed command.
printf '[defaults]\nmax-changes = 10%%\n' >config
run 0 --config config --dry-run --plan plan.csv in.csv dry.csv
status=0
PATH=${BAUSER_BATCH%/*}:$PATH bash -c \
    "$(sed -n 's/^bauser-batch: to apply the plan[^:]*: //p' err)" 2>err ||
    status=$?
[ "$status" = 0 ] || fail "exit status $status"
expect_counts applied=4 most_applied=1

# Other modes update nobody.
run 2 --dry-run --limit 5 in.csv out.csv
expect_stderr '--limit and --dry-run cannot be combined'
