#!/bin/bash
# A run can be complete although the calls of its last user never succeed: if
# another user can be read, it is the row that fails, with exit status 1. The
# same is so in a resumed run, in which no other user is left.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

printf '%s\n' "Id,$TITLE" "${U}01,a" "${U}02,b" "${U}03,c" >in.csv
# last FAULT: the run, and its rows.
last() {
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv*
    faults "{\"id\":\"${U}03\",\"times\":0,$1}"
    run 1 "${@:2}" --concurrency 1 --retries 2 in.csv out.csv
    expect_columns out.csv Row Status Retryable <<END
1|Updated|
2|Updated|
3|Failed|yes
END
    expect_counts applied=2 'calls<=60'
}
last '"kind":"status","status":500'
last '"kind":"html","status":403'
last '"kind":"status","status":401'
last '"kind":"status","status":503,"call":"UpdateUser"' --give-up 0.02
last '"kind":"status","status":401,"call":"UpdateUser"' --give-up 0.02

# Nobody can be read: the run stops. Then only this user fails.
control users -X DELETE >reset
rm -f out.csv
forget_calls
faults '{"kind":"status","skip":4,"times":0}'
run 5 --concurrency 1 --give-up 0.02 in.csv out.csv
faults "{\"kind\":\"status\",\"id\":\"${U}03\",\"times\":0}"
run 1 --concurrency 1 --retries 2 --resume in.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Updated Updated Failed)
expect_counts applied=2 most_applied=1
