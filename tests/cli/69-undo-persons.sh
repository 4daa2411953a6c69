#!/bin/bash
# Users of one person share values, and an update of one changes the others. Such
# a run is undone by one file: in each column, the person is as before.
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
