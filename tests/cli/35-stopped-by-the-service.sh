#!/bin/bash
# If the service rejects the sign-in (exit status 4) or withdraws access (5),
# the run stops. OUTPUT is not changed, and OUTPUT.part contains the finished
# rows.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE" >in.csv
for n in {10..49}; do
    echo "$U$n,Title" >>in.csv
done

# stops STATUS CALLS NAME RULE: the run stops after three users, and after at
# most so many calls.
stops() {
    control users -X DELETE >reset
    forget_calls
    faults "$4"
    echo "of an earlier run" >out.csv
    run "$1" --concurrency 1 --restart in.csv out.csv
    expect_file out.csv <<<"of an earlier run"
    expect_columns out.csv.part Row Status <<END
1|Updated
2|Updated
3|Updated
END
    expect_counts applied=3 "calls<=$2"
    expect_stderr "$3" 'HTTP status' '; user ' "${5:-}"
}
# A token that is refused for some calls only does not stop the run.
for code in 105 109; do
    name=InvalidCredentials
    [ "$code" = 105 ] || name=AuthenticationTokenExpired
    advice='; check the access token (BAUSER_ACCESS_TOKEN, or use --sign-in) and the developer token (BAUSER_DEVELOPER_TOKEN)'
    [ "$code" = 105 ] ||
        advice='; get a valid access token (BAUSER_ACCESS_TOKEN), or use --sign-in'
    stops 4 40 "$name" \
        "{\"kind\":\"error\",\"code\":$code,\"skip\":6,\"times\":0}" "$advice"
done
stops 4 40 401 '{"kind":"status","status":401,"skip":7,"times":0}'
stops 4 40 OAuthTokenInvalid \
    '{"kind":"error","code":3101,"status":500,"skip":6,"times":0}'
for code in 108 120 122 123 124 125; do
    stops 4 8 "$(sed -n "s/^$code=//p" <<END
108=UserCompromised
120=UserLoginAccessDenied
122=PersonalIdentityNotAvailable
123=WorkIdentityNotAvailable
124=PersonalIdentityMigratedToWork
125=PersonalIdentityNotAllowedByCustomer
END
)" "{\"kind\":\"error\",\"code\":$code,\"call\":\"GetUser\",\"skip\":3}" '; sign in as a user who is permitted to'
done
stops 5 8 ApiVersionNoLongerSupported \
    '{"kind":"error","code":303,"call":"GetUser","skip":3}'
stops 5 8 OperationNotSupported \
    '{"kind":"error","code":204,"call":"UpdateUser","skip":3}'
stops 5 8 RequestMissingHeaders \
    '{"kind":"error","code":116,"call":"GetUser","skip":3}'

# An invalid token is rejected once for each call in flight and in a few more
# calls, and no row fails.
faults
rm -f out.csv*
forget_calls
BAUSER_ACCESS_TOKEN=expired-token run 4 --concurrency 4 in.csv out.csv
expect_counts 'calls<=8' applied=0
expect_no_file out.csv
expect_none expired-token err
BAUSER_DEVELOPER_TOKEN=wrong run 4 --restart in.csv out.csv

# Without a journal, no later run can verify the update whose response was lost.
# So its row is Unknown, and no other row has a result.
control users -X DELETE >reset
forget_calls
faults '{"kind":"reset","call":"UpdateUser","when":"after"}' \
    '{"kind":"error","code":108,"call":"GetUser","skip":1}'
run 4 --concurrency 1 in.csv -
expect_columns out Row Status ErrorName <<END
1|Unknown|RunStopped
END
expect_counts applied=1
expect_stderr UserCompromised 'rows without a result were not changed'
