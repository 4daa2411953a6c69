#!/bin/bash
# If GetUser is rejected, keeps failing or returns an unusable user, the user's
# rows are Failed and nothing is sent. All other users are updated.
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE" >in.csv
rules=()
# rule FAULT EXPECTED...: every GetUser of the next user has that fault;
# EXPECTED describes its row.
rule() {
    local user=$U$((${#rules[@]} + 10))

    rules+=("{\"call\":\"GetUser\",\"id\":\"$user\",\"times\":0,${1#\{}")
    echo "$user,By rule" >>in.csv
    echo "$2|$1"
}
{
    for code in 106 200 201 202 203 209 210 1001; do
        case $code in
        106) wanted='106|UserIsNotAuthorized|403|no' ;;
        200) wanted='200||400|no' ;;
        201) wanted='201|ApiInputValidationError|400|no' ;;
        202) wanted='202|ApiExecutionError|400|no' ;;
        203) wanted='203|NullParameter|400|no' ;;
        209) wanted='209|TimestampNotMatch|400|yes' ;;
        210) wanted='210|EntityNotExistent|400|no' ;;
        1001) wanted='1001||403|no' ;;
        esac
        rule "{\"kind\":\"error\",\"code\":$code}" "once|$wanted"
    done
    rule '{"kind":"error","name":"NameTooLong"}' 'once|211|NameTooLong|400|no'
    for status in 400 404 413; do
        rule "{\"kind\":\"status\",\"status\":$status}" \
            "again||HttpError|$status|yes"
    done
    rule '{"kind":"redirect"}' 'again||HttpError|307|yes'
    rule '{"kind":"redirect","status":301}' 'again||HttpError|301|yes'
    rule '{"kind":"huge"}' 'once||ResponseTooLarge|200|no'
    for kind in nul duplicate 'duplicate","name":"CustomerId'; do
        rule "{\"kind\":\"$kind\"}" 'once||UnexpectedResponse|200|no'
    done
    for depth in 33 1000; do
        rule "{\"kind\":\"deep\",\"depth\":$depth}" \
            'once||UnexpectedResponse|200|no'
    done
    rule '{"kind":"bad-utf8"}' 'once||UnexpectedResponse|200|no'
    rule '{"kind":"insert","body":"\"Half\":\"\\ud83d\","}' \
        'once||UnexpectedResponse|200|no'
    rule '{"kind":"wrong-user"}' 'once||WrongUser|200|no'
    rule '{"kind":"no-timestamp"}' 'once||MaskedUser|200|no'
    rule '{"kind":"masked"}' 'once||MaskedUser|200|no'
    rule '{"kind":"masked","name":"JobTitle"}' 'once||MaskedUser|200|no'
    # Failures that may be temporary are retried until --retries is exhausted.
    rule '{"kind":"error","code":0}' 'again|0|InternalError|500|yes'
    for status in 408 500 502 503 504; do
        rule "{\"kind\":\"status\",\"status\":$status}" \
            "again||HttpError|$status|yes"
    done
    rule '{"kind":"html","status":503}' 'again||HttpError|503|yes'
    for kind in html empty garble junk; do
        rule "{\"kind\":\"$kind\"}" 'again||UnexpectedResponse|200|yes'
    done
    rule '{"kind":"cut"}' 'again||ConnectionLost|200|yes'
    rule '{"kind":"reset"}' 'again||ConnectionLost||yes'
    rule '{"kind":"close"}' 'again||ConnectionLost||yes'
} >wanted
control "users/${U}$((${#rules[@]} + 9))" -X PATCH -d '{"JobTitle":"x"}' >user
count=${#rules[@]}
for n in {60..70}; do
    echo "$U$n,By none" >>in.csv
done
forget_calls
faults "${rules[@]}"
users_before 10 "$count"
# With --concurrency 1, every rule is used before the first user is updated.
# That update shows that the service as a whole works.
run 1 --concurrency 1 --retries 1 in.csv out.csv

columns out.csv Status Attempts ErrorMessage | sed "$count"'q' | sed -E '
    /^Failed\|1\|/s/.*/once/
    /^Failed\|[2-9]\|.*all failures: .* (twice|times), in .*/s/.*/again/' |
    paste -d '|' - <(columns out.csv ErrorCode ErrorName HttpStatus Retryable |
        sed "$count"'q') <(cut -d '|' -f 6- wanted) | expect_file wanted
columns out.csv Status | tail -n 11 | uniq | expect_file <(echo Updated)
expect_counts UpdateUser=11 applied=11
users 10 "$count" | cmp - before.users
expect_stderr "$((count + 11)) rows: 11 Updated, $count Failed;"
