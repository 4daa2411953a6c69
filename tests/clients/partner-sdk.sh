#!/bin/bash
# What the SDK for .NET of Partner Center sends is accepted, and changes only
# what is set: 100 users. The simulator mentions the id that it repeats.
. "${0%/*}/../sim/lib.inc"

strict=
count=100
sim_start --plain-users
control settings -d '{"null_keeps":true}' >/dev/null
same "updates" "$("${PYTHON:-python3}" "${0%/*}/partner.py" "$service" $tenant \
    $count)" $count
same "counts" "$(counts '[.applied, .refused, .most_applied, .replayed] | @csv')" \
    "$count,0,1,0"
same "doubts" "$(record .doubt | sort -u | tr '\n' ' ')" \
    '"MS-CorrelationId is that of another call." null '
same "warnings" "$(cat "$dir/errors")" "bauser-sim: call 2 (partner-center,\
 UpdateUser): MS-CorrelationId is that of another call. The service is not\
 known to refuse it."
same "password" "$(control "users/$user?secret=1" | jq -c .)" \
    '{"passwordProfile":{"forceChangePassword":true,"password":"testPw@!122B"},"times_set":1}'

# The example of the documentation, with an etag in double quotes.
full_partner
patch $user '{"attributes":{"etag":"e1"}}' quiet
partner PATCH $user '{"State":"active","Attributes":{"ObjectType":"CustomerUser"},
    "LastName":"Ng"}' -H 'If-Match: "e1"' -H 'X-Locale;' \
    -H 'MS-Contract-Version;'
same "the example" "$status $(stored $user .lastName)" '200 "Ng"'
partner PATCH $user '{"lastName":"No"}' -H 'If-Match: "e1"'
same "an old etag" "$status $(error .code)" "400 2055"
