#!/bin/bash
# Commands that messages print work when they are pasted into a shell: with
# redirections, quoted, and without the option that stopped the run.
. "${0%/*}/../lib.sh"
sim_start

{
    echo 'Id,City'
    for i in {1..60}; do
        user_row "$i" "Oslo $i"
    done
} >"in put's.csv"
cp "in put's.csv" in.csv

# begin: restores the users. From the 41st call on, each call returns an error of
# the sign-in.
begin() {
    control users -X DELETE >reset
    forget_calls
    rm -f out* result*
    faults '{"kind":"error","code":105,"skip":40,"times":0}'
}
# paste LABEL: runs the command that follows the label in the messages.
paste_command() {
    local command

    command=$(sed -n "s/^bauser-batch: $1: //p" err)
    [ -n "$command" ] || fail "no command after '$1'"
    faults
    bash -c "$command" >out 2>err || fail "exit status $?: $command"
}
all_updated() {
    columns "$1" Row Status | expect_file <(seq 60 | sed 's/$/|Updated/')
    expect_counts applied=60 most_applied=1
}

# Standard input is a file.
begin
run 4 --concurrency 1 - 'out put.csv' <"in put's.csv"
paste_command 'to resume'
all_updated 'out put.csv'

# Standard input is a pipe, or INPUT is one.
begin
cat in.csv | run 4 --concurrency 1 - out.csv
expect_stderr 'bauser-batch: with the same data in INPUT, to resume: '
run 4 --resume --concurrency 1 <(cat in.csv) out.csv
expect_stderr 'bauser-batch: with the same data in INPUT, to resume: '

# Standard output is a file.
begin
status=0
"${PROGRAM[@]}" --concurrency 1 --export in.csv - >result.csv 2>err || status=$?
[ "$status" -eq 4 ] || fail "exit status $status"
expect_none 'to run it again.* --re' err
paste_command 'no journal is kept for such a run; to run it again'
[ "$(columns result.csv Id | wc -l)" -eq 60 ]
[ ! -s out ]
begin
status=0
"${PROGRAM[@]}" --resume --concurrency 1 in.csv - >result.csv 2>err || status=$?
[ "$status" -eq 4 ] || fail "exit status $status"
expect_none 'to run it again.* --re' err
paste_command 'no journal is kept for such a run; to run it again'
columns result.csv Row | expect_file <(seq 60)

# OUTPUT is a file, a part of which is left.
begin
run 4 --concurrency 1 --export in.csv out.csv
paste_command 'no journal is kept for such a run; to run it again'
[ "$(columns out.csv Id | wc -l)" -eq 60 ]

# The option that stopped the run is left out.
for option in '--give-up 0.01' --give-up=0.01; do
    begin
    faults '{"kind":"status","skip":40,"times":0}'
    # shellcheck disable=SC2086 # one word, or two
    run 5 $option --concurrency 1 in.csv out.csv
    expect_none 'to resume.*give-up' err
    paste_command 'to resume'
    all_updated out.csv
done
begin
faults "{\"kind\":\"error\",\"code\":$REFUSED,\"call\":\"UpdateUser\",\"times\":0}"
run 5 --max-errors 2 in.csv out.csv
expect_none 'to resume.*max-errors' err
begin
faults '{"kind":"error","code":106,"times":0}'
run 4 --fail-fast 3 in.csv out.csv
expect_none 'to resume.*fail-fast' err
paste_command 'to resume'
all_updated out.csv
begin
faults
run 6 --log-file /dev/full in.csv out.csv
expect_none 'to resume.*log-file' err
paste_command 'to resume'
all_updated out.csv

# A full disk: what must be freed, and where.
begin
faults
mount=$(df --output=target . | tail -n 1)
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
INJECT_CALL=write INJECT_AT=20 INJECT_TIMES=ever INJECT_ERRNO=28 \
    PRELOAD=$INJECT run 6 --concurrency 1 in.csv out.csv
grep -Eq "^bauser-batch: free [0-9]+ MB on $mount, then to resume: " err
paste_command "free .* MB on .*, then to resume"
all_updated out.csv

# The options of a header, and chmod.
begin
faults
printf "Id,The 'City' of \$HOME\n%s,Rome\n" "$(id 1)" >in.csv
for word in map ignore; do
    run 3 in.csv out.csv
    option=$(sed -E "s/.*(--$word .*) (renames|ignores) it.*/\1/; s/ renames it.*//" err)
    option=${option/=COLUMN/=City}
    bash -c "$(printf '%q ' "${PROGRAM[@]}") $option in.csv out.csv" 2>err ||
        fail "exit status $?: $option"
done
expect_counts applied=1
(
    unset BAUSER_ACCESS_TOKEN
    (umask 022 && echo sim-access-token >"-my token's")
    export BAUSER_ACCESS_TOKEN_FILE="-my token's"
    printf "Id,City\n%s,Rome\n" "$(id 1)" >in.csv
    run 2 in.csv out.csv
    bash -c "$(sed -n 's/.*; run: //p' err)"
    run 0 in.csv out.csv
)
