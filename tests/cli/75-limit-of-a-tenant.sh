#!/bin/bash
# A limit of one tenant of Partner Center delays no users of other tenants.
. "${0%/*}/../lib.sh"
use_service partner-center
sim_start --tenants 2

tenant() {
    member "$1" '.links.self.uri | split("/")[2]' | tr -d '"'
}
limited=$(tenant 2) other=$(tenant 1)

# apply NUMBER...: applies these 60 users. The tenant of those with even numbers
# is refused until all others are applied, and then has a limit.
apply() {
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv
    {
        echo "Id,CustomerTenantId,$TITLE"
        for n; do
            [ $((n % 2)) -eq 0 ] && tenant=$limited || tenant=$other
            user_row "$n" "$tenant,Title $n"
        done
    } >in.csv
    limits "tenant=$limited:random:100%,retry-after=1"
    "${PROGRAM[@]}" in.csv out.csv 2>err &
    program=$!
    wait_until expect_counts applied=30
    control applied | jq -r .id | sort >first
    limits "tenant=$limited:10/s"
    wait_until expect_counts applied=60
    wait "$program" || fail "exit status $?"
    for n in {1..59..2}; do id "$n"; done | sort | expect_file first
    columns out.csv Status | uniq -c | expect_file <(echo '     60 Updated')
    columns out.csv Id | expect_file <(columns in.csv Id)
    expect_counts most_applied=1
}

apply {1..60}
# The same if the file begins with the limited tenant.
apply {2..60..2} {1..59..2}
