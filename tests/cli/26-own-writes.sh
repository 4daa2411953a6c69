#!/bin/bash
# A person's users are kept in sync by the service: a LastModifiedTime that
# this very run caused is no Conflict, and the row's Note says so.
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

# One that somebody else caused is.
control "users/${U}01" -X PATCH -d '{"JobTitle":"By another"}' >user
run 1 --concurrency 1 in.csv out.csv
columns out.csv Status Field | uniq |
    expect_file <(echo 'Conflict|LastModifiedTime')

# Nor does this run's own write hide what somebody else wrote before it.
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
