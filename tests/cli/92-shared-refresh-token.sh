#!/bin/bash
# Concurrent runs share one refresh token file. They take turns at the token
# endpoint, and each uses the token that another one saved.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --access-token '' --token-lifetime 60 --latency 2

use_refresh_token

# run_of K: updates 60 users of its own in its own directory, and needs three
# access tokens.
run_of() {
    mkdir "$1"
    cd "$1"
    {
        echo "Id,$TITLE"
        for i in {1..60}; do
            user_row $(($1 * 100 + i)) "Title $i"
        done
    } >in.csv
    fast_clock 60 run 0 --rate 1/s --timeout 3600 in.csv out.csv
}
runs=()
for k in 1 2 3; do
    (run_of $k) >"$k.out" 2>&1 &
    runs+=($!)
done
for k in 1 2 3; do
    wait "${runs[k - 1]}" || fail "$(cat $k.out)"
    columns $k/out.csv Status | uniq -c | expect_file <(
        printf '%7d Updated\n' 60
    )
done
expect_counts applied=180 most_applied=1 refused=0 'Token>=6'
control record | jq 'select(.call == "Token") | .status' | uniq |
    expect_file <(echo 200)
control tokens | jq -r '.refresh_tokens[-1]' | cmp - token

# While another process has the lock, no call is made. That is reported when it
# begins and when it ends, even with --quiet.
forget_calls
printf "Id,$TITLE\n${U}01,x\n" >in.csv
exec 9>token.lock
flock 9
fast_clock 60 run 0 --quiet --log-file log in.csv out.csv 9>&- &
wait_until grep -q ' warn wait-begin reason=token-lock: ' log
expect_counts calls=0
exec 9>&-
wait $!
expect_counts Token=1 applied=1
grep -q ' warn wait-end reason=token-lock' log
sed 's/; .*//; s/, after .*//' err >messages
expect_file messages <<END
bauser-batch: waiting for the lock on $PWD/token, which another process holds
bauser-batch: no longer waiting for the lock on $PWD/token
END

# A process that keeps the lock ends the run after --give-up.
forget_calls
exec 9>token.lock
flock 9
status=0
"${PROGRAM[@]}" --give-up 0.01 in.csv locked.csv 2>err 9>&- || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
expect_stderr '--give-up); the last failure: another process holds the lock' \
    "when the run stopped: waiting for the lock on $PWD/token, which another"
expect_counts calls=0
exec 9>&-

# If a new refresh token is stored while the run waits, the run uses it.
forget_calls
control 'tokens?refresh=1' -X DELETE >tokens
control tokens -d '{"refresh_token":"of-a-new-sign-in"}' >tokens
exec 9>token.lock
flock 9
printf "Id,$TITLE\n${U}01,y\n" >in.csv
"${PROGRAM[@]}" --log-file log2 in.csv out.csv 2>err 9>&- &
wait_until grep -q start log2
(umask 077 && echo of-a-new-sign-in >new && mv new token)
exec 9>&-
wait $!
expect_counts Token=1 applied=1 refused=0
