#!/bin/bash
# Every run leaves a summary beside OUTPUT, also if it stops. It agrees with the
# results and with the simulator's counts, and its commands work when they are
# pasted. --retry-failed uses it to reject another INPUT. (tests/lib.sh compares
# the counts of every scenario.)
. "${0%/*}/../lib.sh"
sim_start

{
    echo 'Id,City,Lcid'
    for i in {1..40}; do
        user_row "$i" "Oslo $i,"
    done
    user_row 41 ',x'
    user_row 42 'Oslo,'
} >in.csv
# value FILE FILTER: prints a value of a summary.
value() {
    jq -r "$2" "$1"
}
# expect_value FILE FILTER VALUE
expect_value() {
    [ "$(value "$1" "$2")" = "$3" ] || fail "$1: $2 is $(value "$1" "$2"), not $3"
}
# paste_command FILE NAME: runs a command of the summary.
paste_command() {
    bash -c "$(value "$1" ".next[] | select(.name == \"$2\").command")" \
        >out 2>err
}
# matches FILE FILTER: the calls are those that the simulator counted.
matches() {
    expect_counts "GetUser=$(value "$1" "$2.calls | .GetUser + .probe")" \
        "UpdateUser=$(value "$1" "$2.calls.UpdateUser")" \
        "Token=$(value "$1" "$2.calls.token")"
}
fails() {
    faults "{\"call\":\"GetUser\",\"id\":\"$(id 42)\",\"kind\":\"status\",\"times\":0}"
}

# A run that finishes, and one that retries its rows.
fails
LOGNAME='Jo
é' run 1 --retries 1 in.csv result.csv
s=result.csv.summary.json
expect_value $s '[.exit.status, .output.complete, .parts, .rows.retryable] | @csv' \
    '1,true,1,1'
expect_value $s .input.sha256 "$(sha256sum <in.csv | cut -d ' ' -f 1)"
expect_value $s .this_part.retries 1
expect_value $s .user 'Jo é'
matches $s .this_part
expect_no_file result.csv.part.summary.json
paste_command $s list-failed
[ "$(wc -l <out)" -eq 2 ] || fail "not two rows: $(cat out)"
faults
unset LOGNAME USER
paste_command $s retry-failed || [ $? -eq 1 ]
expect_value $s '[.rows.done, .rows.by_status.Updated, .rows.retryable] | @csv' '42,41,0'
expect_value $s .user "uid $EUID"

# --retry-failed rejects another INPUT, also one with the same Ids, but ignores
# the summary of another OUTPUT.
sed 's/Oslo 7,/Bergen,/' in.csv >other.csv
head -n 30 in.csv >short.csv
for input in other.csv short.csv; do
    for words in '' --no-summary '--summary my.json'; do
        # shellcheck disable=SC2086 # no word, one, or two
        run 2 --retry-failed $words $input result.csv
        expect_stderr 'not the INPUT of the run that wrote result.csv' '--failed'
    done
done
sed -i 's/,Updated,/,Unchanged,/' result.csv
run 2 --retry-failed short.csv result.csv
expect_stderr 'is missing in INPUT'
run 1 --retry-failed other.csv result.csv

# A run that stops, twice; then it is resumed. The sum counts all parts.
begin() {
    control users -X DELETE >reset
    forget_calls
    rm -f result.csv*
    faults "$@"
}
refuses='{"kind":"error","code":105,"skip":20,"times":0}'
begin "$refuses"
run 4 --concurrency 1 in.csv result.csv
p=result.csv.part.summary.json
expect_value $p '[.exit.status, .output.complete, .output.file, .next[].name] | @csv' \
    '4,false,"result.csv.part","resume"'
expect_no_file $s
# A start that is rejected changes nothing.
cp $p before
run 2 --restart --no-lock --resume in.csv result.csv
run 2 in.csv result.csv
run 2 --resume --window 7 in.csv result.csv
cmp $p before
faults "$refuses"
paste_command $p resume || [ $? -eq 4 ]
expect_value $p '[.resumed, .parts] | @csv' 'true,2'
faults
paste_command $p resume || [ $? -eq 1 ]
expect_value $s '[.resumed, .parts, .exit.status] | @csv' 'true,3,1'
matches $s .all_parts
expect_no_file $p

# A part that was killed is not in the sum.
begin "{\"call\":\"GetUser\",\"id\":\"$(id 9)\",\"kind\":\"stall\"}"
"${PROGRAM[@]}" --concurrency 1 in.csv result.csv 2>err &
program=$!
wait_until expect_counts GetUser=9
kill -KILL "$program"
wait "$program" || true
expect_no_file $s $p
faults
run 1 --resume in.csv result.csv
expect_value $s '[.resumed, .parts, .rows.done] | @csv' 'true,1,42'

# Another run has OUTPUT's lock.
begin "{\"call\":\"GetUser\",\"id\":\"$(id 9)\",\"kind\":\"stall\"}"
"${PROGRAM[@]}" --concurrency 1 in.csv result.csv 2>err &
program=$!
wait_until expect_counts GetUser=9
run 5 in.csv result.csv
expect_no_file $s $p
kill -TERM "$program"
wait_until expect_counts GetUser=9
faults
wait "$program" || true
expect_value $p .exit.status 5

# --max-errors, a rejected INPUT, and a rejected sign-in.
begin '{"kind":"error","code":106,"times":0}'
run 5 --max-errors 3 in.csv result.csv
expect_value $p .exit.status 5
expect_none max-errors <(value $p '.next[].command')
begin
printf 'Id,City\n1,"x\n' >bad.csv
run 3 bad.csv result.csv
expect_value $p '[.exit.status, .output.file] | @csv' '3,'
printf 'Id,City\n%s,Rome\n1,"x\n' "$(id 1)" >bad.csv
run 3 - result.csv < <(cat bad.csv) || true

# The options. The summary of an earlier OUTPUT, or of a run that stopped, does
# not stay. A file that is no summary does.
begin
run 1 in.csv result.csv
cp $s $p
run 1 --no-summary in.csv result.csv
expect_no_file $s $p
echo '{}' >$s
run 1 --no-summary in.csv result.csv
expect_file $s <<<'{}'
rm $s
run 1 --summary my.json in.csv result.csv
expect_no_file $s $p
expect_value my.json .output.name result.csv
run 1 --summary my.json in.csv -
expect_value my.json '[.output.name, .output.file, .rows.done] | @csv' '"-",,42'
run 1 --check --summary my.json in.csv
expect_value my.json '[.mode, .rows.by_status.Valid] | @csv' '"check",41'
run 2 --summary my.json --no-summary in.csv result.csv
for file in in.csv result.csv result.csv.part result.csv.journal; do
    run 2 --summary $file in.csv result.csv
    expect_stderr '--summary' 'choose another name'
done

# A summary that cannot be written changes nothing else.
run 1 --summary no/such.json in.csv result.csv
expect_stderr 'warning: cannot write the summary no/such.json: '
