#!/bin/bash
# Where GetUser is refused or its answer can't be trusted, the user's rows are
# Failed and nothing is sent; all other users are updated.
. "${0%/*}/../lib.sh"
sim_start

echo Id,JobTitle >in.csv
rules=()
# rule FAULT WANTED...: the next user meets that fault; its row gets WANTED.
rule() {
    local user=$U$((${#rules[@]} + 10))

    rules+=("{\"call\":\"GetUser\",\"id\":\"$user\",${1#\{}")
    echo "$user,By rule" >>in.csv
    echo "Failed|$2|$1"
}
{
    for code in 0 106 117 200 201 202 203 210 1001; do
        case $code in
        0) wanted='0|InternalError|500|yes' ;;
        106) wanted='106|UserIsNotAuthorized|403|no' ;;
        117) wanted='117|CallRateExceeded|429|yes' ;;
        200) wanted='200||400|no' ;;
        201) wanted='201|ApiInputValidationError|400|no' ;;
        202) wanted='202|ApiExecutionError|400|no' ;;
        203) wanted='203|NullParameter|400|no' ;;
        210) wanted='210|EntityNotExistent|400|no' ;;
        1001) wanted='1001||403|no' ;;
        esac
        rule "{\"kind\":\"error\",\"code\":$code}" "$wanted"
    done
    rule '{"kind":"error","code":117,"status":400}' \
        '117|CallRateExceeded|400|yes'
    rule '{"kind":"error","name":"NameTooLong"}' '211|NameTooLong|400|no'
    for status in 408 429 500 502 503 504; do
        rule "{\"kind\":\"status\",\"status\":$status}" "|HttpError|$status|yes"
    done
    for status in 400 404 413; do
        rule "{\"kind\":\"status\",\"status\":$status}" "|HttpError|$status|no"
    done
    rule '{"kind":"redirect"}' '|HttpError|307|no'
    rule '{"kind":"redirect","status":301}' '|HttpError|301|no'
    rule '{"kind":"html"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"html","status":503}' '|HttpError|503|yes'
    rule '{"kind":"empty"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"garble"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"junk"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"bad-utf8"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"nul"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"doubled"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"doubled","name":"CustomerId"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"deep"}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"deep","depth":33}' '|UnreadableAnswer|200|yes'
    rule '{"kind":"huge"}' '|AnswerTooLarge|200|yes'
    rule '{"kind":"cut"}' '|ConnectionLost|200|yes'
    rule '{"kind":"reset","times":0}' '|ConnectionLost||yes'
    rule '{"kind":"close","times":0}' '|ConnectionLost||yes'
    rule '{"kind":"wrong-user"}' '|WrongUser|200|no'
    rule '{"kind":"no-timestamp"}' '|MaskedUser|200|no'
    rule '{"kind":"masked"}' '|MaskedUser|200|no'
    rule '{"kind":"masked","name":"JobTitle"}' '|MaskedUser|200|no'
} >wanted
control "users/${U}$((${#rules[@]} + 9))" -X PATCH -d '{"JobTitle":"x"}' >user
count=${#rules[@]}
for n in {60..70}; do
    echo "$U$n,By none" >>in.csv
done
forget_calls
faults "${rules[@]}"
users_before 10 "$count"
run 1 in.csv out.csv

columns out.csv Status ErrorCode ErrorName HttpStatus Retryable |
    head -n "$count" | paste -d '|' - <(cut -d '|' -f 6- wanted) |
    expect_file wanted
columns out.csv Status | tail -n 11 | uniq | expect_file <(echo Updated)
expect_counts UpdateUser=11 applied=11 "GetUser>=$((count + 11))"
users 10 "$count" | cmp - before.users
expect_stderr "$((count + 11)) rows: 11 Updated, $count Failed;"
