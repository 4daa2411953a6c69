#!/bin/bash
# If a reused connection is closed after an update was applied, a client that
# resends the request sends the update again. With close-after, the connection
# is closed after the real response.
. "$(dirname "$0")/lib.inc"

sim_start
stored $first '{User: .}' >"$dir/put"
fault '{"kind":"close","call":"UpdateUser","reused":true,"when":"after"}'
curl -s -o /dev/null "$service/a" --next -s -o /dev/null -X PUT \
    -H 'Content-Type: application/json' -H 'Accept: application/json' \
    -H 'DeveloperToken: sim-developer-token' \
    -H 'Authorization: Bearer sim-access-token' \
    --data-binary "@$dir/put" "$service/$path"
same "sent again" "$(record 'select(.call == "UpdateUser") |
    [.connection, .reused, .applied, .status]' | tr -d '\n')" \
    '[1,true,true,0][2,false,false,400]'
same "applied once" "$(applied | wc -l)" 1

fault '{"kind":"close-after","call":"other"}'
same "close-after" "$(curl -s -w '%{http_code} ' -o /dev/null "$service/a" \
    -o /dev/null "$service/b")" "404 404 "
same "two connections" "$(record .connection | tail -2 | sort -u | wc -l)" 2
