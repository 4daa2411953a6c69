#!/bin/bash
# A run can be complete although the calls of its last user never succeed: if
# another user can be read, it is the row that fails, with exit status 1, or 7 if
# its update may have been applied. The same is so in a resumed run, in which no
# other user is left.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

printf '%s\n' "Id,$TITLE" "${U}01,a" "${U}02,b" "${U}03,c" >in.csv
# last STATUS FAULT [OPTION...]: the run, and its rows.
last() {
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv*
    faults "{\"id\":\"${U}03\",\"times\":0,$2}"
    run $([ "$1" = Failed ] && echo 1 || echo 7) "${@:3}" --concurrency 1 \
        --retries 2 --timeout 2 in.csv out.csv
    expect_columns out.csv Row Status Retryable <<END
1|Updated|
2|Updated|
3|$1|yes
END
    expect_counts applied=2 'calls<=60'
}
last Failed '"kind":"status","status":500'
last Failed '"kind":"html","status":403'
last Failed '"kind":"status","status":401'
last Unknown '"kind":"status","status":503,"call":"UpdateUser"' --give-up 0.02
last Failed '"kind":"status","status":401,"call":"UpdateUser"' --give-up 0.02

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
