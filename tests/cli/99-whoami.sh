#!/bin/bash
# --whoami prints the user, customers with roles, the environment and the age of
# the refresh token. It warns if the token is old and was not replaced, and if no
# role may update users.
# services: rest soap-v13 soap-v12
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token ''
use_refresh_token

run 0 --whoami
[ ! -s err ]
user=$(control "users/$(id 1)" | jq -r .UserName)
grep -qF "$user (" out
grep -qE '^ +[0-9]+, role (Super Admin|Advertiser Campaign Manager)$' out
if grep -q 'Campaign Manager' out; then
    grep -q '^Warning: .*may update users' out
fi

# The age is that of the file.
touch -d '59 days ago' token
control settings -d '{"rotate_refresh_tokens":false}' >settings
run 0 --whoami
grep -q 'token, 59 days old$' out
touch -d '61 days ago' token
run 0 --whoami
grep -q 'token, 61 days old$' out
grep -q '^Warning: .*sign in again by --sign-in' out
control settings -d '{"rotate_refresh_tokens":true}' >settings
touch -d '61 days ago' token
run 0 --whoami
grep -q 'token, 61 days old, renewed now$' out
expect_none 'sign in again' out

# With an access token, there is no refresh token.
control settings -d '{"access_token":"sim-access-token"}' >settings
(
    unset BAUSER_CLIENT_ID BAUSER_REFRESH_TOKEN_FILE
    BAUSER_ACCESS_TOKEN=sim-access-token run 0 --whoami
    grep -q '^Refresh token:  *none' out
    BAUSER_ACCESS_TOKEN=wrong run 4 --whoami
    expect_stderr InvalidCredentials
)

# Failures that pass are retried; others are reported.
faults '{"kind":"status","call":"GetUser"}' '{"kind":"status","call":"Token"}'
run 0 --whoami
faults '{"kind":"status","call":"GetUser","times":9}'
run 5 --whoami
expect_stderr HttpError
faults
echo wrong >token
run 4 --whoami
expect_stderr invalid_grant "$PWD/token"
SERVICE=http://127.0.0.1:1 BAUSER_TOKEN_URL=http://127.0.0.1:1/token run 5 --whoami
expect_stderr ConnectionFailed
if [ "$API" = rest ]; then
    run 2 --api soap-v11 --whoami
    expect_stderr '--api rest'
fi
