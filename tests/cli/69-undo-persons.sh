#!/bin/bash
# Users of one person share values, and an update of one changes the others. Such
# a run is undone by one file: in each column, the person is as before. If they got different values
# of one column, the file is applied until no row changes anything.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
. "$TESTS/cli/persons.inc"
values='[.JobTitle, .ContactInfo.Address.City, .Lcid, .ContactInfo.Fax]'

users 01 30 | jq -c "$values" >before
run 0 --undo undo.csv in.csv out.csv
users 01 30 | jq -c "$values" >after
! diff before after >changes
run 0 --undo redo.csv undo.csv back.csv
users 01 30 | jq -c "$values" | diff - before
expect_counts most_applied=2 update_overlaps=0
run 0 redo.csv back.csv
users 01 30 | jq -c "$values" | diff - after

{
    echo Id,JobTitle
    for n in {31..60}; do
        user_row "$n" "Title $n"
    done
} >titles.csv
users 31 30 | jq -c .JobTitle >before
run 0 --undo titles.undo.csv titles.csv titles.out.csv
# Each pass undoes at least one of the three updates of a person.
for _ in {1..4}; do
    "${PROGRAM[@]}" titles.undo.csv pass.csv 2>err || [ "$?" -eq 1 ]
    columns pass.csv Status | grep -q Updated || break
done
columns pass.csv Status | sort | uniq -c | awk '{ print $1, $2 }' |
    expect_file <(printf '%s\n' '20 Conflict' '10 Unchanged')
users 31 30 | jq -c .JobTitle | diff - before
