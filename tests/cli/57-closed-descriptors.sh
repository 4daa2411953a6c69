#!/bin/bash
# If standard input, output or error is closed, its number may be given to a
# file of the run. No message is written to that file.
. "${0%/*}/../lib.sh"
sim_start

printf "Id,JobTitle\n${U}01,x\n9.1E+18,x\n" >in.csv
cp in.csv in.orig
"${PROGRAM[@]}" in.csv good.csv 2>err || true
# check FILE STATUS: FILE contains the two result rows and nothing else.
check() {
    expect_columns "$1" Row Status <<END
1|$2
2|Failed
END
    [ "$(wc -l <"$1")" -eq 3 ]
    cmp in.csv in.orig
}
check good.csv Updated
batch() {
    "${PROGRAM[@]}" --restart in.csv "$1" || status=$?
    [ "$status" -eq 1 ] || fail "exit status $status"
}
batch a.csv 2>&- && check a.csv Unchanged
batch b.csv <&- 2>&- && check b.csv Unchanged
batch c.csv <&- >&- 2>&- && check c.csv Unchanged
batch d.csv >&- 2>err && check d.csv Unchanged
status=0
"${PROGRAM[@]}" - e.csv <&- 2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
expect_stderr 'standard input'
status=0
"${PROGRAM[@]}" in.csv - >&- 2>err || status=$?
[ "$status" -eq 2 ] || fail "exit status $status"
expect_stderr 'standard output is closed'
