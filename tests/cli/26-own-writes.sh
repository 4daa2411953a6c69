#!/bin/bash
# The run itself may change the LastModifiedTime of a user, because it updates
# another user of the same person. This is no Conflict, and the Note says so.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start --users-per-person 2

run 0 --export <(printf '%s\n' Id "${U}01" "${U}02") export.csv
{
    echo Id,JobTitle,LastModifiedTime
    columns export.csv Id LastModifiedTime | sed 's/|/,Same for both,/'
} >in.csv
run 0 --concurrency 1 in.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Updated Unchanged)
columns out.csv Note | sed -n 2p | grep -q LastModifiedTime

# A LastModifiedTime that another program changed is a Conflict.
control "users/${U}01" -X PATCH -d '{"JobTitle":"By another"}' >user
run 1 --concurrency 1 in.csv out.csv
columns out.csv Status Field | uniq |
    expect_file <(echo 'Conflict|LastModifiedTime')

# An own write does not hide an earlier write of another program.
control users -X DELETE >reset
run 0 --export <(printf '%s\n' Id "${U}01" "${U}02") export.csv
t0=$(columns export.csv LastModifiedTime | sed -n 2p)
control "users/${U}02" -X PATCH -d '{"JobTitle":"By another"}' >user
cat >in.csv <<END
Id,Lcid,JobTitle,LastModifiedTime
${U}01,GermanSwitzerland,,
${U}02,,Mine,$t0
END
run 1 --concurrency 1 in.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Updated Conflict)
expect_user 02 .JobTitle '"By another"'
