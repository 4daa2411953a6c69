#!/bin/bash
# Each call to Partner Center has its own MS-CorrelationId. An update that is
# sent again keeps its MS-RequestId, also after --resume, so that it is applied
# once. After a stale version, the merged update gets a new one. If-Match is
# sent if the user has an etag. A deleted user can be restored.
. "${0%/*}/../lib.sh"
sim_start --record-bodies

P=4b10bf41-ab11-40e3-8c53-0000000000 # and the number of a user
api=(--api partner-center --customer-id eebd1b55-5360-4438-a11d-5c06918c3014)

# expect_updates NN: the updates of user NN, in order: status, applied, and the
# index of the first one with the same MS-RequestId.
expect_updates() {
    control record | jq -sc --arg id "$P$1" \
        '[.[] | select(.call == "UpdateUser" and .id == $id)] |
        [.[].request] as $ids | .[] |
        [.status, .applied, (.request as $own | $ids | index($own))]' >updates
    expect_file updates
}

echo Id,firstName >in.csv
for n in {10..19}; do
    control "users/$P$n" -X PATCH \
        -d '{"firstName":"Ann","attributes":{"etag":"\"first\""}}' >user
    echo "$P$n,Bea" >>in.csv
done
control "users/${P}18" -X PATCH \
    -d '{"attributes":{"etag":null}}' >user
faults "{\"id\":\"${P}10\",\"call\":\"UpdateUser\",\"kind\":\"status\",
        \"times\":2}" \
    "{\"id\":\"${P}11\",\"call\":\"UpdateUser\",\"kind\":\"reset\"}" \
    "{\"id\":\"${P}12\",\"call\":\"UpdateUser\",\"kind\":\"reset\",
        \"when\":\"after\"}" \
    "{\"id\":\"${P}13\",\"call\":\"UpdateUser\",\"kind\":\"interfere\"}" \
    "{\"id\":\"${P}14\",\"call\":\"GetUser\",\"kind\":\"status\"}" \
    "{\"id\":\"${P}15\",\"call\":\"UpdateUser\",\"kind\":\"error\",
        \"code\":417,\"status\":417}"
run 1 "${api[@]}" in.csv out.csv
expect_columns out.csv Id Status ErrorCode HttpStatus Attempts <<END
${P}10|Updated||200|6
${P}11|Updated||200|4
${P}12|Updated||200|3
${P}13|Updated||200|4
${P}14|Updated||200|3
${P}15|Failed|417|417|2
${P}16|Updated||200|2
${P}17|Updated||200|2
${P}18|Updated||200|2
${P}19|Updated||200|2
END
expect_updates 10 <<'END'
[503,false,0]
[503,false,0]
[200,true,0]
END
expect_updates 11 <<'END'
[0,false,0]
[200,true,0]
END
expect_updates 13 <<'END'
[400,false,0]
[200,true,1]
END
control record >calls
calls=$(wc -l <calls)
[ "$(jq -r .tracking calls | sort -u | wc -l)" -eq "$calls" ]
gets=$(grep -c GetUser calls)
[ "$(jq -r 'select(.call == "GetUser").request' calls | sort -u | wc -l)" -eq \
    "$gets" ]
[ "$(jq -r .request calls | sort -u | wc -l)" -eq $((calls - 3)) ]
expect_counts misused=0 most_applied=1

# The rows contain the ids of the calls, and the times of the responses.
jq -r 'select(.call == "UpdateUser" and .status == 200) | "\(.id)|\(.tracking)"' \
    calls | sort >sent
columns out.csv Id Status TrackingId | sed -n 's/|Updated|/|/p' |
    grep -v "^${P}12" |
    sort | expect_file sent
columns out.csv Id Status LastModifiedTime |
    sed -n 's/|Updated|\(.\)/|\1/p' | sort >times.list
jq -r 'select(.call == "UpdateUser" and .status == 200) |
    "\(.id)|\(.date | strptime("%a, %d %b %Y %T GMT") | todate)"' calls |
    sort | expect_file times.list

# The run is killed with updates in flight. After --resume, each one is sent
# with the same MS-RequestId.
forget_calls
sed 's/Bea/Cleo/' in.csv >next.csv
faults '{"call":"UpdateUser","kind":"stall","times":0}'
"$BAUSER_BATCH" --endpoint "$SERVICE" "${api[@]}" next.csv out.csv 2>err &
batch=$!
wait_until expect_counts UpdateUser=10
kill -KILL $batch
wait $batch || [ $? -eq 137 ]
faults
run 0 "${api[@]}" --resume next.csv out.csv
columns out.csv Status | sort -u | expect_file <(echo Updated)
for n in {10..19}; do
    expect_updates $n <<'END'
[0,false,0]
[200,true,0]
END
done
expect_counts applied=10 misused=0 replayed=0

# A deleted user is restored. The time of the update is not that of a service
# whose clock cannot be right.
forget_calls
control "users/${P}20" -X PATCH -d '{"state":"inactive",
    "softDeletionTime":"2026-01-02T03:04:05Z"}' >user
control settings -d '{"clock_ahead_s":441504000}' >settings
printf '%s\n' Id,state "${P}20,Active" "${P}21,inactive" >restore.csv
run 1 "${api[@]}" restore.csv out.csv
expect_columns out.csv Id Status LastModifiedTime ErrorName Field Changed <<END
${P}20|Updated||||state
${P}21|Failed||InvalidValue|state|
END
control "users/${P}20" | jq -c '[.state, .softDeletionTime]' |
    expect_file <(echo '["active",null]')
expect_counts applied=1
