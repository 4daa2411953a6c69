#!/bin/bash
# A token endpoint may return its tokens in an odd way, compressed, or with a
# byte-order mark. A new refresh token is saved in any case, and used next. The
# message of a failure keeps its code and ids.
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start --access-token issued --refresh-token R2

printf '%s\n' "Id,$TITLE" "${U}01,Baker" >in.csv
sent=$'AADSTS90033: A transient error has occurred. Please try again.\r\n'
sent+=$'Trace ID: 00000000-0000-0000-0000-000000000001\r\n'
sent+=$'Correlation ID: 00000000-0000-0000-0000-000000000002\r\n'
sent+='Timestamp: 2026-01-02 03:04:05Z'
shown=${sent//$'\r\n'/ }

# respond STATUS BODY: the first token response.
respond() {
    forget_calls
    faults "$(jq -n --arg body "$2" --argjson status "$1" \
        '{kind: "status", call: "Token", $status, $body,
            content_type: "application/json"}')"
    use_refresh_token R1
}

# These grant an access token.
for members in ',"token_type":"Bearer","expires_in":3599.0' '' \
    ',"expires_in":"3.6e3"' ',"token_type":null,"expires_in":0' \
    ',"expires_in":99999999999999999999'; do
    respond 200 $'\xEF\xBB\xBF{"access_token":"issued","refresh_token":"R2"'"$members}"
    run 0 --restart in.csv out.csv
    expect_file token <<<R2
    expect_counts Token=1 refused=0
    rm out.csv
done
respond 200 '{"access_token":"issued","refresh_token":""}'
run 0 --dry-run in.csv out.csv
expect_file token <<<R1

# These do not, so the next call uses the new refresh token: R1 is unknown.
for body in '{"refresh_token":"R2"}' \
    '{"refresh_token":"R2","access_token":"cut' \
    '{"access_token":"a","access_token":"b","refresh_token":"R2"}'; do
    respond 200 "$body"
    run 0 --dry-run in.csv out.csv
    expect_counts Token=2 refused=0
    control tokens | jq -r '.refresh_tokens[-1]' | expect_file token
    control tokens -d '{"refresh_token":"R2"}' >tokens
done

# The message.
body=$(jq -n --arg text "$sent" \
    '{error: "temporarily_unavailable", error_description: $text}')
respond 503 "$body"
use_refresh_token R2
run 0 --dry-run --log-file log in.csv out.csv
grep -qF "$shown" log || fail "$(<log)"
respond 400 "${body/temporarily_unavailable/invalid_grant}"
run 4 in.csv out.csv
expect_stderr "its message: $shown"
