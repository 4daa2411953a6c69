#!/bin/bash
# Users of one person share values, and an update of one changes the others. Such
# a run is undone by one file: in each column, the person is as before.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start --users-per-person 3 --latency 3 --jitter 3

# Each user of a person sets another column, and all of them set the same one.
{
    echo Id,JobTitle,City,Lcid,Fax
    for ((n = 1; n <= 30; n += 3)); do
        user_row "$n" "Title $n,,,7$n"
        user_row "$((n + 1))" ",City $n,,7$n"
        user_row "$((n + 2))" ",,GermanGermany,7$n"
    done
} >in.csv
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
