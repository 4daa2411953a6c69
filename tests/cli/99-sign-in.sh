#!/bin/bash
# --sign-in prints the address of a sign-in with PKCE, receives the redirect on
# this machine, stores the refresh token for its owner only, and shows who is
# signed in. Requests that are no redirect of this sign-in get a page that says
# so, and change nothing. Runs then sign in with the stored token. No secret is
# printed or visible in the process.
# services: rest soap-v13
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token '' --record-bodies
use_sign_in

umask 022
begin --sign-in
address=$(address)
[[ $address == "$SERVICE/common/oauth2/v2.0/authorize?client_id=sim-client&"* ]]
[[ $address =~ redirect_uri=http%3A%2F%2Flocalhost%3A([0-9]+)\& ]]
port=${BASH_REMATCH[1]}
[[ $address == *scope=https%3A%2F%2Fads.microsoft.com%2Fmsads.manage%20offline_access* ]]
[[ $address =~ \&state=([A-Za-z0-9_-]{43})\&code_challenge=([A-Za-z0-9_-]{43})\& ]]
[[ $address == *'&code_challenge_method=S256'* ]]

# It listens on the loopback interface only.
printf -v hex ':%04X' "$port"
awk -v port="$hex\$" '$2 ~ port && $4 == "0A" {print $2}' /proc/net/tcp* |
    expect_file <(echo "0100007F$hex")

redirect=$(decide "$address" accept)
[[ $redirect == "http://localhost:$port/?code="* ]]
visit 404 "http://localhost:$port/favicon.ico"
visit 404 "http://localhost:$port/other?${redirect#*\?}"
visit 404 "$redirect" -X POST -d ''
visit 404 "$redirect" -H 'Host: attacker.example'
visit 404 "$redirect" -H "Host: localhost"
visit 400 "${redirect/&state=/&state=x}"
grep -q 'belongs to another sign-in' page
visit 400 "http://localhost:$port/?code=stolen"
visit 400 "http://localhost:$port/"
grep -q 'cannot be read' page
curl -sS -o page "$redirect" -H "X: $(head -c 70000 /dev/zero | tr '\0' x)" ||
    true
expect_counts Token=0
expect_no_file token

# What other processes can see contains no secret.
tr '\0' '\n' <"/proc/$PROCESS/cmdline" >seen
expect_none 'sim-client|M\.C507|code_verifier' seen

visit 200 "$redirect" -D headers
grep -q 'You can close this window' page
grep -qi '^Content-Security-Policy: default-src .none' headers
grep -qi '^Cache-Control: no-store' headers
expect_none '<script|http:|https:|M\.C507' page
end 0
expect_stored
expect_stderr "stored in $PWD/token"
printf '%s\n' token* | expect_file <(printf '%s\n' token token.lock)
id=$(id 1)
grep -q "^User:  *.*, Id $id\$" out
grep -q '^Customers:  *1$' out
grep -q "^Environment:  *.*, $SERVICE\$" out
grep -q "^Refresh token:  *$PWD/token, less than a day old\$" out
cp out shown

# The port is closed, and the code was used once.
status=0
curl -sS "$redirect" 2>refused || status=$?
[ "$status" = 7 ] || fail "the port is open"
expect_counts Token=1 GetUser=1

# --whoami shows the same, and a run uses the token.
run 0 --whoami
expect_file out <shown
[ ! -s err ]
printf '%s\n' "Id,$TITLE" "${U}01,Baker" >in.csv
run 0 in.csv out.csv
expect_counts applied=1

# No secret is in what was printed.
code=${redirect#*code=} code=${code%%&*}
control tokens | jq -r ".access_tokens[], .refresh_tokens[]" |
    cut -c 1-40 >secrets
echo "$code" >>secrets
! grep -qFf secrets out err shown page || fail "a secret was printed"
