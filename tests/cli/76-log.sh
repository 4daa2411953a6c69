#!/bin/bash
# --log-file logs each retry, throttled call, token renewal and change of the
# run, with user, attempt and TrackingId. A line is a complete line of text or
# JSON, without a value of a user or a token. A log that cannot be written ends
# the run.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

secret=Zaphod-Beeblebrox
{
    echo "Id,$TITLE"
    for n in {10..19}; do
        echo "$U$n,$secret $n"
    done
} >in.csv
use_refresh_token

# trouble: adds a rule for each kind of fault that does not take long.
trouble() {
    control users -X DELETE >reset
    forget_calls
    faults "{\"kind\":\"status\",\"id\":\"${U}10\",\"times\":2}" \
        "{\"kind\":\"reset\",\"id\":\"${U}11\",\"call\":\"UpdateUser\"}" \
        "{\"kind\":\"interfere\",\"id\":\"${U}12\",\"call\":\"UpdateUser\"}" \
        "{\"kind\":\"error\",\"code\":$EXPIRED,\"id\":\"${U}13\"}" \
        "{\"kind\":\"error\",\"code\":$REFUSED,\"id\":\"${U}14\",
            \"call\":\"UpdateUser\",\"message\":\"no $secret 14 please\"}" \
        '{"kind":"error","call":"Token"}'
}
# secrets: prints all tokens, and values of the users.
secrets() {
    control tokens | jq -r '.access_tokens[], .refresh_tokens[]'
    cat token && echo
    printf '%s\n' sim-refresh-token sim-developer-token "$secret"
    users 10 10 | jq -r '(.ContactInfo // {} | .Email), .userPrincipalName
        | values'
}

umask 022
for level in warn info debug; do
    trouble
    rm -f log
    run 1 --concurrency 1 --log-file log --log-format json \
        --log-level "$level" in.csv out.csv
    [ "$(stat -c %a log)" = 600 ]
    # Each line is an object with a time, and the times ascend.
    jq -r .time log >times.list
    ! grep -Evq '^2[0-9]{3}-[0-9-]{5}T[0-9:]{8}\.[0-9]{3}Z$' times.list
    sort -c times.list
    [ "$(wc -l <times.list)" -eq "$(wc -l <log)" ]
    secrets | grep . >secrets.list
    ! grep -Ff secrets.list log err out.csv || fail "an output contains a secret"
    jq -r 'select(.level != "debug") | .event' log | sort | uniq -c |
        sed 's/^ *//' | expect_file <(
            [ "$level" = warn ] || echo 1 end
            echo 4 retry
            [[ $API != soap* ]] || echo 1 service-ends
            echo 1 stale-version
            [ "$level" = warn ] || printf '%s\n' '1 start' '2 token-refresh'
            echo 1 token-retry
        )
done

# A call is logged with its user, its name, its attempt and its error.
control record | jq -r "select(.id == \"${U}13\" and .code == $EXPIRED) |
    .tracking" >tracking
jq -r 'select(.user == "'"${U}13"'") | .tracking' log | expect_file tracking
jq -c 'select(.user == "'"${U}13"'") | [.level, .event, .call, .attempt, .code]' \
    log | expect_file <(echo "[\"warn\",\"retry\",\"GetUser\",1,$EXPIRED]")

# As text, appended to the existing file.
trouble
run 1 --concurrency 1 --log-file log --log-format text in.csv out.csv
grep -Eq "^[0-9TZ:.-]{24} warn retry user=${U}13 call=GetUser attempt=1 http=[45]0[01] \
code=$EXPIRED (error=[A-Za-z]+ )?tracking=[0-9a-f-]{36}: The " log
[ "$(grep -c '"event":"end"' log)" -eq 1 ]
secrets | grep . >secrets.list
! grep -Ff secrets.list log || fail "the log contains a secret"

# A log that cannot be written ends the run.
control users -X DELETE >reset
forget_calls
faults
run 6 --log-file /dev/full in.csv out.csv
expect_stderr /dev/full 'to resume: '
expect_counts 'applied<=9'
run 0 --resume in.csv out.csv
expect_counts applied=10 most_applied=1
run 2 --log-file no/such/directory in.csv out.csv
