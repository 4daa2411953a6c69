#!/bin/bash
# If the first users all fail because of the same missing right, the run stops
# with exit status 4 and names the error. Their rows have no result, and are
# tried again by --resume. With "N,all", every API error counts.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..150}; do
        user_row "$i" "Title $i"
    done
} >in.csv
case $API in
partner-center) no_right='"code":403' ;;
*) no_right='"code":106' ;;
esac

# The first 100 users are the default.
faults "{\"kind\":\"error\",$no_right,\"times\":0}"
run 4 --concurrency 2 in.csv out.csv
expect_stderr 'the first 100 users all failed with the same error (--fail-fast): ' \
    '; their rows have no result, except those that were rejected before an' \
    'Check the rights' 'to resume: '
expect_counts applied=0 calls=100
expect_no_file out.csv out.csv.part out.csv.journal
faults
forget_calls
run 0 --resume in.csv out.csv
expect_counts applied=150 most_applied=1
columns out.csv Row Status | expect_file <(seq 150 | sed 's/$/|Updated/')

# A refused update is verified by the run that is resumed.
control users -X DELETE >reset
forget_calls
faults "{\"kind\":\"error\",$no_right,\"call\":\"UpdateUser\",\"times\":0}"
run 4 --concurrency 2 --fail-fast 5 in.csv out.csv
expect_stderr 'the first 5 users all failed'
expect_counts applied=0 UpdateUser=5
faults
run 0 --resume in.csv out.csv
expect_counts applied=150 most_applied=1
columns out.csv Row Status | expect_file <(seq 150 | sed 's/$/|Updated/')

# If one user works, the others get their results.
control users -X DELETE >reset
forget_calls
{
    echo "Id,$TITLE"
    for i in {1..3}; do
        user_row "80000000$i" x
    done
    user_row 1 works
    user_row 800000004 x
} >mixed.csv
run 1 --fail-fast 4,all mixed.csv mixed.out
columns mixed.out Status | sort | uniq -c | expect_file <(
    printf '      4 Failed\n      1 Updated\n'
)

# Users who do not exist count only with "all".
grep -v works mixed.csv >none.csv
run 1 --fail-fast 4 none.csv none.out
columns none.out Status | uniq | expect_file <(echo Failed)
forget_calls
run 4 --restart --concurrency 1 --fail-fast 4,all none.csv none.out
expect_stderr 'the first 4 users all failed with the same error (--fail-fast): '
expect_counts calls=4
