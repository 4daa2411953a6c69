#!/bin/bash
# A dry run that is stopped or killed writes no plan. --resume completes it, with
# the same bytes as a run that nothing interrupts. If planned values cannot be
# written, the run ends with exit status 6, and no result is lost.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}" --jitter 4

# Each user has a second row, in another window.
{
    echo "Id,$TITLE,$TOWN"
    for i in {1..300}; do
        user_row "$i" "Title $i,"
    done
    for i in {1..300}; do
        user_row "$i" "Newer $i,Town $i"
    done
} >in.csv
dry=(--dry-run --window 100 --plan plan.csv)
run 0 "${dry[@]}" in.csv out.csv
mv plan.csv whole.csv
columns whole.csv Id "$TITLE" "$TOWN" |
    expect_file <(for i in {1..300}; do
        echo "$(id "$i")|Newer $i|Town $i"
    done)

# Killed again and again, and at last completed.
forget_calls
for calls in 100 90 50 60; do
    control record -X DELETE >reset
    "${PROGRAM[@]}" --rate 300/s --resume "${dry[@]}" in.csv out.csv 2>err &
    program=$!
    wait_until expect_counts "GetUser>=$calls"
    kill -KILL "$program"
    wait "$program" || true
    expect_no_file plan.csv
    [ "$(stat -c %a plan.csv.journal)" = 600 ] || fail "others can read values"
done
expect_none "Town [0-9]" out.csv.journal out.csv.part

# It is resumed only with its journal, and with the same FILE.
run 2 --resume --dry-run --window 100 in.csv out.csv
expect_stderr '--plan'
run 2 "${dry[@]}" in.csv out.csv
run 2 --resume "${dry[@]}" in.csv other.csv
expect_stderr 'plan.csv.journal belongs to the plan of another run'
mv plan.csv.journal kept
run 2 --resume "${dry[@]}" in.csv out.csv
expect_stderr 'plan.csv.journal is missing'
mv kept plan.csv.journal
run 0 --resume "${dry[@]}" in.csv out.csv
cmp plan.csv whole.csv
expect_no_file plan.csv.part plan.csv.journal other.csv out.csv.journal
expect_counts UpdateUser=0

# A plan that exists is replaced, except with --no-clobber.
forget_calls
run 2 --resume --no-clobber "${dry[@]}" in.csv new.csv
expect_stderr 'plan.csv' '--no-clobber'
expect_counts calls=0
cmp plan.csv whole.csv

# Users that others changed in the meantime are planned as they are when their
# group is processed again.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":400,\"times\":0}"
run 4 "${dry[@]}" in.csv out.csv
expect_stderr 'to resume: '
faults
write_user 250 "$TITLE_PATH = \"Theirs\""
run 0 --resume "${dry[@]}" in.csv out.csv
columns plan.csv Id "Expect.$TITLE" | grep -x "$(id 250)|Theirs" >found
columns plan.csv Id | wc -l | expect_file <(echo 300)

# --restart forgets what was planned.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":300,\"times\":0}"
run 4 "${dry[@]}" in.csv out.csv
faults
user_row 7 "Title 7," >row
{ sed -n 1p in.csv && cat row; } >short.csv
run 0 --restart "${dry[@]}" short.csv out.csv
columns plan.csv Id "$TITLE" | expect_file <(echo "$(id 7)|Title 7")

# A limit on the size of a file acts like a full disk, for the journal or for
# FILE. The longer values are, the more room they take.
[ "$API" = rest ] || exit 0
{
    echo "Id,Fax,HomePhone,Mobile,Phone2"
    for i in {1..400}; do
        user_row "$i" "$(printf '%0100d,%0100d,%0100d,%0100d' "$i" "$i" "$i" "$i")"
    done
} >in.csv
dry=(--dry-run --plan plan.csv)
run 0 "${dry[@]}" in.csv out.csv
mv plan.csv whole.csv
rm out.csv
for limit in 60 160; do
    status=0
    (ulimit -f "$limit" && run 6 "${dry[@]}" in.csv out.csv) || status=$?
    [ "$status" -eq 0 ] || fail "see above"
    expect_stderr 'File too large' 'to resume: '
    expect_no_file plan.csv out.csv
    run 0 --resume "${dry[@]}" in.csv out.csv
    cmp plan.csv whole.csv
    rm plan.csv out.csv
done

# The approved run keeps its hash when it is resumed.
sha=$(sha256sum whole.csv | cut -d ' ' -f 1)
faults '{"kind":"error","code":109,"skip":100,"times":0}'
run 4 --approve "$sha" whole.csv out.csv
faults
sed -n 's/^bauser-batch: to resume: //p' err >next.sh
run 2 --resume whole.csv out.csv
expect_stderr '--approve'
sh next.sh 2>err || fail "exit status $?"
columns out.csv Status | uniq | expect_file <(echo Updated)
