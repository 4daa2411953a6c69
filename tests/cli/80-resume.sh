#!/bin/bash
# The command that a stopped run printed resumes it, whatever the names of the
# files are. Finished rows are not sent again, and the summary counts all rows.
# Without --resume, or with options that change the run, it is rejected. Then
# nothing is sent and no file is changed.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

mkdir "it's a \"directory\""
out="it's a \"directory\"/ \$out *.csv"
{
    echo "Id,$TITLE"
    for n in {10..29}; do
        echo "$U$n,Secret title $n"
    done
} >'in put.csv'
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":25,\"times\":0}"
run 4 --concurrency 2 --log-file log --log-level debug 'in put.csv' "$out"
expect_stderr 'bauser-batch: to resume: '
sed -n 's/^bauser-batch: to resume: //p' err >resume.command
[ "$(tail -n 1 err)" = "bauser-batch: to resume: $(<resume.command)" ]
applied=$(control counts | jq .applied)
[ "$applied" -gt 0 ] && [ "$applied" -lt 20 ]

# Journal and log contain no value, and others cannot read them.
expect_none 'Secret title|sim-access-token' "$out.journal" log
[ "$(stat -c %a "$out.journal" "$out.part" log | uniq)" = 600 ]

# rejected TEXT ARGUMENT...: the run is rejected with the message TEXT, and
# changes no file.
rejected() {
    md5sum "$out.journal" "$out.part" >sums
    run 2 "${@:2}"
    expect_stderr "$1"
    md5sum --quiet -c sums || fail "changed by: ${*:2}"
    expect_no_file "$out"
}
forget_calls
rejected '--resume' 'in put.csv' "$out"
expect_stderr --restart
rejected '--window' --resume --window 7 'in put.csv' "$out"
rejected '--map' --resume --map "$TITLE=$TOWN" 'in put.csv' "$out"
rejected '--dry-run' --resume --dry-run 'in put.csv' "$out"
rejected 'endpoint' --resume --endpoint http://127.0.0.1:9 'in put.csv' "$out"
sed 's/title 29/title 30/' 'in put.csv' >other.csv
rejected 'another input' --resume other.csv "$out"
rejected 'a pipe' --resume - "$out" < <(cat 'in put.csv')
expect_counts calls=0

faults
sh resume.command 2>err || fail "exit status $?"
expect_stderr '20 rows: 20 Updated;'
expect_counts applied=$((20 - applied))
expect_no_file "$out.journal" "$out.part"
columns "$out" Row Id Status | expect_file <(for n in {10..29}; do
    echo "$((n - 9))|$U$n|Updated"
done)
for n in {10..29}; do
    expect_user "$n" "$TITLE_PATH" "\"Secret title $n\""
done

# Without a journal, or if its header is incomplete, --resume starts a new run.
run 0 --resume 'in put.csv' "$out"
printf '00000000 H 00000' >"$out.journal"
run 0 --resume 'in put.csv' "$out"
columns "$out" Status | uniq | expect_file <(echo Unchanged)
expect_no_file "$out.journal"
