#!/bin/bash
# An update that meets a kept connection which the server has closed goes over
# the wire once at most: libcurl's own second try is stopped.
. "${0%/*}/../lib.sh"
sim_start

echo Id,JobTitle >in.csv
for n in {10..29}; do
    echo "$U$n,Title $n" >>in.csv
done

# apply_under RULE: no update comes twice; Updated is what was applied.
apply_under() {
    local status=0

    control users -X DELETE >reset
    forget_calls
    faults "$1"
    "$BAUSER_BATCH" --endpoint "$SERVICE" --concurrency 4 in.csv out.csv \
        2>err || status=$?
    [ "$status" -eq 0 ] || [ "$status" -eq 7 ] || fail "exit status $status"
    control record | jq -r 'select(.call == "UpdateUser") | .id' | sort |
        uniq -d | expect_file /dev/null
    columns out.csv Id Status | sed -n 's/|Updated$//p' | sort >updated
    control applied | jq -r .id | sort | expect_file updated
    columns out.csv Status ErrorName >statuses
    expect_none '^(Failed|Conflict|NotAttempted)' statuses
}

# Each GetUser is answered and then its connection closed unannounced.
apply_under '{"kind":"close-after","call":"GetUser","times":0}'
# The connection turns out to be closed when the update comes.
for kind in reset close; do
    apply_under "{\"kind\":\"$kind\",\"call\":\"UpdateUser\",\"reused\":true,
        \"times\":0}"
    grep '^Unknown' statuses | sort -u |
        expect_file <(echo 'Unknown|ConnectionLost')
    expect_counts GetUser=20 UpdateUser=20
done
