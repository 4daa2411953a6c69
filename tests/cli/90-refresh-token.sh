#!/bin/bash
# With a refresh token the run asks for its access token, and for the next one
# before it runs out or where the service refuses it; a new refresh token is
# saved, readable by its owner alone. No row fails by it.
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

# again: the service is as it was, but for its tokens.
again() {
    control users -X DELETE >reset
    forget_calls
    faults
}
# newest_is_saved: the file holds the refresh token that was given out last.
newest_is_saved() {
    control tokens | jq -r '.refresh_tokens[-1]' |
        cmp - token || fail "not the newest refresh token"
    [ "$(stat -c %a token)" = 600 ]
    expect_no_file token.tmp token.part
}

# The first token; all calls wait for it, and one is enough.
umask 022
run 0 few.csv out.csv
expect_counts Token=1 GetUser=20 applied=20 refused=0
control record | jq -c .call | sed 1q | expect_file <(echo '"Token"')
newest_is_saved
printf '%s\n' token* | expect_file <(printf '%s\n' token token.lock)

# Before it runs out: after four fifths of the minute that it lasts.
again
control settings -d '{"token_lifetime_ms":60000}' >settings
fast_clock 60 run 0 --rate 5/s --timeout 3600 in.csv out.csv
expect_counts 'Token>=2' 'Token<=9' applied=200 refused=0
newest_is_saved
control settings -d '{"token_lifetime_ms":3600000}' >settings

# The service refuses it in the middle of the run (109, or 105): it is asked
# for another one once, and the calls are made again.
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

# The token endpoint has trouble for a while, and its answers are not always
# to be used: nothing else is called meanwhile.
again
faults '{"kind":"status","call":"Token"}' '{"kind":"garble","call":"Token"}'
run 0 few.csv out.csv
expect_counts Token=3 applied=20 refused=0
newest_is_saved

# Without rotation the file stays as it is.
again
control settings -d '{"rotate_refresh_tokens":false}' >settings
cp -p token before
run 0 few.csv out.csv
cmp token before
[ ! token -nt before ]
