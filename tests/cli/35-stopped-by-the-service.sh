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

# stops STATUS NAME RULE: the run stops after three users.
stops() {
    control users -X DELETE >reset
    forget_calls
    faults "$3"
    echo "of an earlier run" >out.csv
    run "$1" --concurrency 1 --restart in.csv out.csv
    expect_file out.csv <<<"of an earlier run"
    expect_columns out.csv.part Row Status <<END
1|Updated
2|Updated
3|Updated
END
    expect_counts applied=3 'calls<=8'
    expect_stderr "$2" 'HTTP status' "${U}13"
}
for code in 105 109 108 120 122 123 124 125; do
    stops 4 "$(sed -n "s/^$code=//p" <<END
105=InvalidCredentials
109=AuthenticationTokenExpired
108=UserCompromised
120=UserLoginAccessDenied
122=PersonalIdentityNotAvailable
123=WorkIdentityNotAvailable
124=PersonalIdentityMigratedToWork
125=PersonalIdentityNotAllowedByCustomer
END
)" "{\"kind\":\"error\",\"code\":$code,\"call\":\"GetUser\",\"skip\":3}"
done
stops 4 401 '{"kind":"status","status":401,"call":"UpdateUser","skip":3}'
stops 5 ApiVersionNoLongerSupported \
    '{"kind":"error","code":303,"call":"GetUser","skip":3}'
stops 5 OperationNotSupported \
    '{"kind":"error","code":204,"call":"UpdateUser","skip":3}'
stops 5 RequestMissingHeaders \
    '{"kind":"error","code":116,"call":"GetUser","skip":3}'

# An invalid token is rejected once for each call in flight, and no row fails.
faults
rm -f out.csv*
forget_calls
BAUSER_ACCESS_TOKEN=expired-token run 4 --concurrency 4 in.csv out.csv
expect_counts 'calls<=4' applied=0
expect_no_file out.csv
expect_none expired-token err
BAUSER_DEVELOPER_TOKEN=wrong run 4 --restart in.csv out.csv
