#!/bin/bash
# If the refresh token is rejected, the run ends with exit status 4 and the
# message says what to do. --resume continues with a new token, and no row is
# lost.
# services: rest partner-center
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start --access-token '' --latency 2

{
    echo "Id,$TITLE"
    for i in {1..200}; do
        user_row "$i" "Title $i"
    done
} >in.csv
# store TOKEN: saves a token as the user does after a sign-in.
store() {
    (umask 077 && printf '%s\n' "$1" >token)
}

# At the start, no other call is made, and only the lock file is left.
use_refresh_token expired-refresh-token
run 4 in.csv out.csv
expect_stderr invalid_grant 'to resume: ' \
    "store the new refresh token in $PWD/token; its message: AADSTS"
expect_none expired-refresh-token err
expect_counts Token=1 calls=1
expect_no_file out.csv out.csv.part
expect_file token <<<expired-refresh-token

# A token endpoint that does not exist stops the run at once, ...
BAUSER_TOKEN_URL=$SERVICE/nobody/here run 4 in.csv out.csv
expect_stderr 'to resume: ' "there is no token endpoint at $SERVICE/nobody/here \
(HTTP status 404); check --tenant or BAUSER_TOKEN_URL"
expect_none 'when the run stopped|waiting for' err
expect_no_file out.csv out.csv.part
forget_calls

# ... but not after it has granted a token.
store sim-refresh-token
head -n 3 in.csv >few.csv
faults '{"kind":"status","status":404,"call":"Token","skip":1,"times":1}' \
    "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":2}"
run 0 --concurrency 1 few.csv few.out
expect_counts Token=3 applied=2
rm few.out
control users -X DELETE >reset
forget_calls
faults

# During the run.
has_applied() {
    expect_counts 'applied>=20'
}
"${PROGRAM[@]}" --concurrency 4 --rate 200/s --resume \
    in.csv out.csv 2>err &
wait_until has_applied
control 'tokens?refresh=1' -X DELETE >tokens
status=0
wait $! || status=$?
[ "$status" -eq 4 ] || fail "exit status $status"
expect_stderr invalid_grant "store the new refresh token in $PWD/token" 'to resume: '
columns out.csv.part Status | uniq | expect_file <(echo Updated)
expect_counts 'applied<=190' in_flight=0

control tokens -d '{"refresh_token":"of-a-new-sign-in"}' >tokens
store 'of-a-new-sign-in'
run 0 --resume in.csv out.csv
expect_counts applied=200 most_applied=1
columns out.csv Row Status | expect_file <(seq 200 | sed 's/$/|Updated/')

# A wrong client id, and a missing or wrong client secret.
head -n 3 in.csv >few.csv
run_rejected() {
    run 4 --restart few.csv few.out
    expect_stderr "$1" BAUSER_CLIENT
    expect_none 'not-the-secret' err
}
BAUSER_CLIENT_ID=other run_rejected unauthorized_client
control settings -d '{"client_secret":"s3cret"}' >settings
run_rejected invalid_client
BAUSER_CLIENT_SECRET=not-the-secret run_rejected invalid_client
BAUSER_CLIENT_SECRET=s3cret run 0 --restart few.csv few.out
# The message names where the id and the address are configured.
cat >config <<END
[defaults]
client-id = other
token-url = $BAUSER_TOKEN_URL
END
BAUSER_CLIENT_ID='' BAUSER_TOKEN_URL='' run 4 --config config --restart \
    few.csv few.out
expect_stderr 'check client-id (config:2), and --tenant or token-url (config:3)'
sed -i "s,^token-url.*,token-url = $SERVICE/nobody/here," config
BAUSER_CLIENT_ID='' BAUSER_TOKEN_URL='' run 4 --config config --restart \
    few.csv few.out
expect_stderr 'check --tenant or token-url (config:3)'

# A new access token that the service rejects.
faults '{"kind":"error","code":105,"times":0}'
BAUSER_CLIENT_SECRET=s3cret run 4 --concurrency 1 few.csv few.out
expect_stderr 'the service rejects the sign-in' 'Authentication failed' \
    'sign in again with --sign-in'
