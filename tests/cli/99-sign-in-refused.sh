#!/bin/bash
# A sign-in that is denied, incomplete, late or misconfigured ends with a message
# and its exit status, and the stored token stays as it was.
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token ''
use_sign_in
(umask 077 && echo old >token)

# refused STATUS DECISION TEXT...: the decision ends the sign-in.
refused() {
    begin --sign-in
    visit 200 "$(decide "$(address)" "$2")"
    end "$1"
    expect_stderr "${@:3}"
    expect_file token <<<old
}
refused 4 deny access_denied 'consent was denied' AADSTS65004
grep -q 'did not succeed' page
refused 4 expired invalid_grant 'expired or was used' AADSTS70008
refused 4 narrow 'permission https://ads.microsoft.com/msads.manage' \
    'was not stored'
refused 4 norefresh 'no refresh token' offline_access

# A code is used once, with its own verifier and redirect URI.
begin --sign-in
redirect=$(decide "$(address)" accept)
code=${redirect#*code=} code=${code%%&*}
curl -sS -d "client_id=sim-client&grant_type=authorization_code&code=$code" \
    -d "redirect_uri=${redirect%%\?*}" -d code_verifier="$(printf %043d 1)" \
    "$BAUSER_TOKEN_URL" >answer
jq -r .error_description answer | grep -qE 'AADSTS(501481|500112)'
visit 200 "$redirect"
end 0
expect_stored
echo old >token

# Before anybody is asked, the configuration is checked.
usage() {
    run 2 "${@:2}" </dev/null
    expect_stderr "$1"
    [ "$(wc -l <err)" -eq 1 ]
}
BAUSER_CLIENT_ID='' usage 'BAUSER_CLIENT_ID is not set' --sign-in
BAUSER_ACCESS_TOKEN=x usage 'unset it' --sign-in
BAUSER_REFRESH_TOKEN_FILE='' usage 'there is no default' --sign-in
BAUSER_REFRESH_TOKEN_FILE=$PWD/none/token usage "$PWD/none" --sign-in
BAUSER_REFRESH_TOKEN_FILE=$PWD usage 'not a regular file' --sign-in
ln -s token link
BAUSER_REFRESH_TOKEN_FILE=$PWD/link usage --follow-links --sign-in
BAUSER_TOKEN_URL=$SERVICE/other usage '/token' --sign-in
BAUSER_TOKEN_URL='' usage 'BAUSER_TOKEN_URL is not set' --sign-in
usage "leave out 'in.csv'" --sign-in in.csv
usage '--sign-in and --whoami' --sign-in --whoami
usage '--device requires --sign-in' --device --whoami
usage '--redirect-uri requires --sign-in' --redirect-uri http://localhost --whoami
usage '--redirect-uri and --device' --sign-in --device --redirect-uri http://localhost
usage '--redirect-uri' --sign-in --redirect-uri http://example.com
usage '--resume' --sign-in --resume
usage 'sign in in a browser' --sign-in --device --identity-provider google
port=${SERVICE##*:}
usage "port $port" --sign-in --redirect-uri "http://localhost:$port"

# An id in the configuration file.
printf '[defaults]\nclient-id = other\n' >config
BAUSER_CLIENT_ID='' begin --sign-in --device --config config
end 4
expect_stderr unauthorized_client 'check client-id (config:2) and --tenant'

# A secret that does not belong to the client.
BAUSER_CLIENT_SECRET=s3cret begin --sign-in
visit 200 "$(decide "$(address)" accept)"
end 4
expect_stderr invalid_client 'a public client has no secret'
expect_none s3cret err

# A signal ends the wait, and so does time.
for signal in INT TERM; do
    begin --sign-in
    address >address
    kill -s "$signal" "$PROCESS"
    end 5
    expect_stderr 'stopped by a signal'
done
fast_clock 6000 run 5 --sign-in <>input
expect_stderr 'nobody signed in in time'
expect_file token <<<old
