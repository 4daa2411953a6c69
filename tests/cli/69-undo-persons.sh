#!/bin/bash
# Users of one person share values, and an update of one changes the others. Such
# a run is undone by one file: in each column, the person is as before, with
# --concurrency 1 even if they got different values of one column.
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

# titles: undoes a run that gave three users of each person these titles.
titles() {
    local all=("$@") n
    {
        echo Id,JobTitle
        for n in {31..60}; do
            user_row "$n" "${all[n % 3]}"
        done
    } >titles.csv
    users 31 30 | jq -c .JobTitle >before
    rm -f titles.undo.csv
    run 0 --undo titles.undo.csv titles.csv titles.out.csv
    "${PROGRAM[@]}" --concurrency 1 titles.undo.csv back.csv 2>err ||
        [ "$?" -eq 1 ]
    users 31 30 | jq -c .JobTitle | diff - before
}
titles Other Title Third
# A value comes back that the person had before.
titles Other Title Other
titles Other delete_value Title
