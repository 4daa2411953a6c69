#!/bin/bash
# The merged shards of a run equal a single run on an equal service: result,
# failed rows, undo file, exit status and users. A merge that is killed has left
# OUTPUT as before or complete.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"

unset PARALLEL_SEQ

# Several rows of a user, rows that fail or conflict, and a user who is missing.
{
    echo "Id,$TITLE,Expect.$TITLE,$BAD"
    for n in {01..60}; do
        echo "$U$n,Title $n,,"
        case $n in
        *[369]) echo "$(respelt "$U$n"),Last title $n,," ;;
        *7) echo "$U$n,,,$BAD_VALUE" && echo "$U$n,Other title,Somebody," ;;
        esac
    done
    echo "$(id 99999999),Title,,"
} >in.csv
rows=$(($(wc -l <in.csv) - 1))

# state: prints the users, without what each update changes.
state() {
    users 01 60 | jq -cS 'walk(if type == "object" then with_entries(select(
        .key | test("TimeStamp|LastModified|etag"; "i") | not)) else . end)'
}

# shard K OPTION... INPUT OUTPUT: applies a shard, in which some rows may fail.
shard() {
    PARALLEL_SEQ=$(($1 + 1)) "${PROGRAM[@]}" --shard auto/8 "${@:2}" \
        >out 2>err || [ $? -eq 1 ] || fail "shard $1"
}

sim_start
run 1 --failed single.failed.csv --undo single.undo.csv in.csv single.csv
state >single.users
sim_start
for k in {0..7}; do
    shard "$k" --failed failed.csv --undo undo.csv in.csv all.csv
done
state | expect_file single.users

export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
# Killed at any of these calls, and then once more not.
for call in open write fsync rename unlink close; do
    for ((at = 1; ; at++)); do
        rm -f all.csv{,.part,.summary.json}
        cp single.csv.summary.json all.csv.part.summary.json # out of date
        status=0
        INJECT_CALL=$call INJECT_AT=$at INJECT_TIMES=kill LD_PRELOAD=$INJECT \
            "${PROGRAM[@]}" --merge all.csv >out 2>err || status=$?
        [ "$status" -ne 1 ] || break
        [ "$status" -eq 137 ] || fail "exit status $status at $call $at"
        [ ! -e all.csv ] || [ "$(wc -l <all.csv)" -eq "$(wc -l <single.csv)" ]
        echo "$call" >>killed
    done
done
sort -u killed | expect_file <(printf '%s\n' close fsync open rename unlink write)

run 1 --merge --failed failed.csv --undo undo.csv --metrics m.prom \
    --report r.html all.csv
columns=(Row Id Status ErrorCode ErrorName Field Changed)
columns single.csv "${columns[@]}" >single.columns
columns all.csv "${columns[@]}" | expect_file single.columns
expect_file failed.csv <single.failed.csv
head -n 1 undo.csv | expect_file <(head -n 1 single.undo.csv)
sort undo.csv | expect_file <(sort single.undo.csv)
stat -c %a all.csv all.csv.summary.json failed.csv undo.csv | sort -u |
    expect_file <(echo 600)
jq -r '.shard, (.merged_shards | length, (map(.rows) | add)), .rows.done,
    .this_part.calls.UpdateUser' all.csv.summary.json >found
expect_file found <<END
null
8
$rows
$rows
$(cat all.?-of-8.csv.summary.json | jq .all_parts.calls.UpdateUser |
    jq -s add)
END
grep -qx 'bauser_batch_exit_status.* 1' m.prom
grep -q '<th scope="row">7/8</th>' r.html
expect_stderr "$rows rows: "

# Without room for the report, OUTPUT is complete. Too few descriptors.
mkdir report
run 2 --merge --report report all.csv
status=0
"${PROGRAM[@]}" --merge --report nowhere/r.html all.csv >out 2>err || status=$?
[ "$status" -eq 6 ] || fail "exit status $status"
expect_stderr 'all.csv is complete; merge again'
(ulimit -n 12 && run 2 --merge all.csv)
expect_stderr 'a merge of 8 files needs 16 open files, and only 12 are allowed'

# What the merge wrote can be reviewed, and another merge replaces it.
run 0 --review --failed again.csv in.csv all.csv
expect_file again.csv <failed.csv
run 2 --merge --no-clobber all.csv
run 1 --merge --quiet all.csv
