#!/bin/bash
# With a refresh token, the run requests an access token. It renews the token
# before it expires, or when the service rejects it. A new refresh token is
# saved, readable only by its owner. No row fails.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --access-token '' --latency 2

{
    echo "Id,$TITLE"
    for i in {1..200}; do
        user_row "$i" "Title $i"
    done
} >in.csv
head -n 21 in.csv >few.csv
use_refresh_token

# again: restores the service except its tokens.
again() {
    control users -X DELETE >reset
    forget_calls
    faults
}
# newest_is_saved: the file contains the refresh token that was issued last.
newest_is_saved() {
    control tokens | jq -r '.refresh_tokens[-1]' |
        cmp - token || fail "not the newest refresh token"
    [ "$(stat -c %a token)" = 600 ]
    expect_no_file token.tmp token.part
}

# All calls wait for the first token, which is requested once.
umask 022
run 0 few.csv out.csv
expect_counts Token=1 GetUser=20 applied=20 refused=0
control record | jq -c .call | sed 1q | expect_file <(echo '"Token"')
newest_is_saved
printf '%s\n' token* | expect_file <(printf '%s\n' token token.lock)

# The token is valid for a minute, and is renewed after four fifths of it.
again
control settings -d '{"token_lifetime_ms":60000}' >settings
fast_clock 60 run 0 --rate 5/s --timeout 3600 in.csv out.csv
expect_counts 'Token>=2' 'Token<=9' applied=200 refused=0
newest_is_saved
control settings -d '{"token_lifetime_ms":3600000}' >settings

# If the service rejects the token during the run (109 or 105), it is renewed
# once and the calls are repeated.
has_applied() {
    expect_counts 'applied>=20'
}
for code in 109 105; do
    again
    "${PROGRAM[@]}" --concurrency 4 --rate 200/s in.csv \
        out.csv 2>err &
    wait_until has_applied
    control "tokens?code=$code" -X DELETE >tokens
    wait $!
    expect_counts Token=2 applied=200 most_applied=1 'refused>=1' 'refused<=4'
    columns out.csv Status | uniq | expect_file <(echo Updated)
    newest_is_saved
done

# While the token endpoint fails or returns unexpected responses, no other call
# is made.
again
faults '{"kind":"status","call":"Token"}' '{"kind":"garble","call":"Token"}'
run 0 few.csv out.csv
expect_counts Token=3 applied=20 refused=0
newest_is_saved

# Without rotation, the file is not changed.
again
control settings -d '{"rotate_refresh_tokens":false}' >settings
cp -p token before
run 0 few.csv out.csv
cmp token before
[ ! token -nt before ]
