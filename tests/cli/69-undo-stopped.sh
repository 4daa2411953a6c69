#!/bin/bash
# A run that stops has FILE for all updates so far. Nothing is sent whose old
# values are not on disk: if they cannot be written, the run ends with exit
# status 6. After a kill, --resume completes FILE.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

{
    echo "Id,$TITLE"
    for i in {1..400}; do
        user_row "$i" "Title $i"
    done
} >in.csv
values="$TITLE_PATH // \"\""
users 01 400 | jq -c "$values" >before

begin() {
    rm -f undo.csv* out.csv* back.csv*
    control users -X DELETE >reset
    forget_calls
}

# undone: applies undo.csv, which has each updated user. Then all users are as
# before.
undone() {
    control record | jq -r 'select(.applied) | .id' | sort -u >sent
    columns undo.csv Id | sort >found
    comm -23 sent found >missing
    [ ! -s missing ] || fail "not in undo.csv: $(<missing)"
    [ "$(uniq found | wc -l)" -eq "$(wc -l <found)" ]
    run 0 undo.csv back.csv
    users 01 400 | jq -c "$values" | diff - before
    begin
}

# The token expires.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":100,\"times\":0}"
run 4 --undo undo.csv in.csv out.csv
# Who undoes and then resumes would keep the rows as Updated.
expect_stderr ', instead of resuming (then start again with --restart and another --undo): '
[[ $(tail -n 1 err) = 'bauser-batch: to resume: '* ]] ||
    fail "the last line does not resume the run"
jq -c '[.next[].name]' out.csv.part.summary.json |
    expect_file <(echo '["undo","resume"]')
[ "$(stat -c %a undo.csv undo.csv.journal | uniq)" = 600 ]
faults
undone

# It is undone instead, and started again.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":100,\"times\":0}"
run 4 --quiet --undo undo.csv in.csv out.csv
[[ $(tail -n 1 err) = 'bauser-batch: to resume: '* ]] ||
    fail "the last line does not resume the run"
faults
bash -c "$(sed -n 's/^bauser-batch: to undo[^:]*: //p' err)" 2>err
users 01 400 | jq -c "$values" | diff - before
mv undo.csv.journal first.csv.journal # of undo.csv
run 0 --restart --undo another.csv in.csv out.csv
columns another.csv Id | wc -l | expect_file <(echo 400)
mv another.csv undo.csv
undone

# A stopped run is resumed only with the same --undo. FILE gets all users.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":100,\"times\":0}"
run 4 --undo undo.csv in.csv out.csv
faults
run 2 --resume in.csv out.csv
expect_stderr 'with --undo'
mkdir kept
mv undo.csv* kept
for _ in 1 2; do
    run 2 --resume --undo undo.csv in.csv out.csv
    expect_stderr 'undo.csv.journal is missing'
    expect_no_file undo.csv.journal
done
mv kept/* .
run 0 --resume --undo undo.csv in.csv out.csv
expect_counts applied=400 most_applied=1
columns undo.csv Id | wc -l | expect_file <(echo 400)
expect_no_file undo.csv.part undo.csv.journal
undone

# Other values than those that were updated are never lost: neither by another
# run nor by --restart.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":100,\"times\":0}"
run 4 --undo undo.csv in.csv out.csv
md5sum undo.csv undo.csv.journal >sums
run 2 --undo undo.csv in.csv other.csv
run 2 --resume --undo undo.csv in.csv other.csv
run 2 --restart --undo undo.csv in.csv out.csv
md5sum --quiet -c sums
expect_no_file other.csv other.csv.journal
faults
undone

# Nor does a later run with the same OUTPUT mix its values with them, after the
# stopped one was replaced by --restart: it leaves no journal by which it would
# count as the stopped run.
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":100,\"times\":0}"
run 4 --undo undo.csv in.csv out.csv
faults
run 0 --restart --undo other.csv in.csv out.csv
sed 's/Title/Chief/' in.csv >next.csv
mv undo.csv kept
md5sum undo.csv.journal >sums
for _ in 1 2; do
    run 2 --resume --undo undo.csv next.csv out.csv
    expect_stderr 'undo.csv.journal contains old values' 'another FILE'
    expect_no_file out.csv.journal out.csv.part
done
md5sum --quiet -c sums
rm other.csv
begin

# A limit on the size of a file acts like a full disk. With long values, the old
# ones take more room than the other records. There may be no room for FILE then,
# but a resumed run makes it.
[ "$API" = rest ] || exit 0
{
    echo "Id,Fax,HomePhone,Mobile,Phone2"
    for i in {1..400}; do
        user_row "$i" "$(printf '%0100d,%0100d,%0100d,%0100d' "$i" "$i" "$i" "$i")"
    done
} >in.csv
values='.ContactInfo | [.Fax, .HomePhone, .Mobile, .Phone2] | map(. // "")'
users 01 400 | jq -c "$values" >before
status=0
(ulimit -f 60 && run 6 --undo undo.csv in.csv out.csv) || status=$?
[ "$status" -eq 0 ] || fail "see above"
expect_stderr 'cannot write the journal undo.csv.journal' 'to resume: '
expect_counts 'applied>=1' 'applied<=390' in_flight=0
expect_no_file out.csv
run 0 --resume --undo undo.csv in.csv out.csv
undone
