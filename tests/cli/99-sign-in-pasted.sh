#!/bin/bash
# If the browser is on another machine, the address of its last page can be
# pasted. An address of another sign-in and other text are rejected with a
# message, and another line can follow. So can a redirect URI be used that is no
# address of this machine.
. "${0%/*}/../lib.sh"
. "$TESTS/sign_in.sh"
sim_start --access-token ''
use_sign_in

begin --sign-in
address=$(address)
expect_stderr 'Paste the address of that page'
redirect=$(decide "$address" accept)
{
    echo
    echo hello
    echo "$address"
    echo "${redirect/&state=/&state=x}"
    head -c 40000 /dev/zero | tr '\0' x
    echo
    printf '  %s \r\n' "$redirect"
} >&"$INPUT"
end 0
expect_stored
expect_stderr 'this is not the address' 'belongs to another sign-in'
grep -q '^User: ' out

# Without a line end, from a file, to the redirect URI of native clients.
native=https://login.microsoftonline.com/common/oauth2/nativeclient
begin --sign-in --redirect-uri "$native"
address=$(address)
[[ $address == *redirect_uri=https%3A%2F%2Flogin.microsoftonline.com%2Fcommon%2Foauth2%2Fnativeclient\&* ]]
redirect=$(decide "$address" accept)
[[ $redirect == "$native?code="* ]]
printf %s "$redirect" >&"$INPUT"
exec {INPUT}>&-
end 0
expect_stored

# If standard input ends before, nothing more can arrive.
run 4 --sign-in --redirect-uri "$native" </dev/null
expect_stderr 'standard input ended'
cp token before
run 4 --sign-in --redirect-uri "$native" <<<'https://x/?code=a&state=b'
expect_stderr 'belongs to another sign-in' 'standard input ended'
cmp token before

# A port and a path are used as they are registered.
control settings -d '{"redirect_uri":"http://localhost/signed-in"}' >settings
begin --sign-in --redirect-uri http://localhost/signed-in
address=$(address)
redirect=$(decide "$address" accept)
[[ $redirect =~ ^http://localhost:[0-9]+/signed-in\? ]]
visit 404 "${redirect/signed-in/}"
visit 200 "$redirect"
end 0
expect_stored
