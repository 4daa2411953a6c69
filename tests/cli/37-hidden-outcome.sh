#!/bin/bash
# A service may store values in another form, return old versions for a while, or
# keep its TimeStamps. An update whose response is lost is still applied once and
# reported as Updated, and no later row of a user is lost.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

# settings MEMBERS: the service is as generated, with these settings.
settings() {
    control users -X DELETE >reset
    control settings -d '{"uppercase":false,"read_lag_ms":0,
        "coarse_stamps":false}' >settings.answer
    control settings -d "{$1}" >settings.answer
    forget_calls
}

printf "Id,$TITLE\n${U}10,Baker\n${U}11,Smith\n" >in.csv
for hidden in '"uppercase":true' '"read_lag_ms":1500' \
    '"uppercase":true,"read_lag_ms":1500' '"coarse_stamps":true'; do
    settings "$hidden"
    faults "{\"call\":\"UpdateUser\",\"id\":\"${U}10\",\"kind\":\"status\",
        \"status\":504,\"when\":\"after\"}"
    run 0 --concurrency 1 --retries 8 --timeout 10 in.csv out.csv
    expect_columns out.csv Status ErrorName <<END
Updated|
Updated|
END
    expect_counts most_applied=1 applied=2
done

# The second row of the user is beyond the window. It asks for the old value,
# which the replica still shows.
settings '"read_lag_ms":1500'
faults
control "users/${U}10?quiet=1" -X PATCH -d "{\"$TITLE\":\"Miller\"}" >patch.answer
{
    echo "Id,$TITLE"
    echo "${U}10,Baker"
    for n in {20..59}; do
        echo "$U$n,Baker"
    done
    echo "${U}10,Miller"
} >in.csv
run 0 --window 16 --timeout 10 --log-file log in.csv out.csv
grep -q ' read-again ' log
columns out.csv Status | sort | uniq -c | expect_file <(
    printf '%7d %s\n' 42 Updated
)
expect_user 10 "$TITLE_PATH" '"Miller"'
