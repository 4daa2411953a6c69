#!/bin/bash
# An update whose outcome can't be known is Unknown, exit status 7, whether it
# was applied or not, and is never sent twice.
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

echo Id,JobTitle >in.csv
rules=()
rule() {
    local user=$U$((${#rules[@]} + 10))

    rules+=("{\"call\":\"UpdateUser\",\"id\":\"$user\",${1#\{}")
    echo "$user,In doubt $user" >>in.csv
    echo "Unknown|$2|yes|2"
}
{
    for when in before after; do
        rule "{\"when\":\"$when\",\"kind\":\"reset\"}" 'ConnectionLost|'
        rule "{\"when\":\"$when\",\"kind\":\"close\"}" 'ConnectionLost|'
        for status in 408 500 502 503 504; do
            rule "{\"when\":\"$when\",\"kind\":\"status\",\"status\":$status}" \
                "HttpError|$status"
        done
        rule "{\"when\":\"$when\",\"kind\":\"html\"}" 'UnreadableAnswer|200'
        rule "{\"when\":\"$when\",\"kind\":\"empty\"}" 'UnreadableAnswer|200'
        rule "{\"when\":\"$when\",\"kind\":\"error\",\"code\":0}" \
            'InternalError|500'
        rule "{\"when\":\"$when\",\"kind\":\"stall\"}" 'Timeout|'
    done
    rule '{"kind":"cut","when":"before"}' 'ConnectionLost|200'
    rule '{"kind":"cut"}' 'ConnectionLost|200'
    rule '{"kind":"garble"}' 'UnreadableAnswer|200'
    rule '{"kind":"junk"}' 'UnreadableAnswer|200'
    rule '{"kind":"nul"}' 'UnreadableAnswer|200'
    rule '{"kind":"bad-utf8"}' 'UnreadableAnswer|200'
    rule '{"kind":"deep"}' 'UnreadableAnswer|200'
    rule '{"kind":"huge"}' 'AnswerTooLarge|200'
} >wanted
count=${#rules[@]}
echo "${U}09,Well" >>in.csv
faults "${rules[@]}"
run 7 --timeout 2 in.csv out.csv
columns out.csv Status ErrorName HttpStatus Retryable Attempts |
    expect_file <(cat wanted && echo 'Updated||200||2')
expect_counts UpdateUser=$((count + 1)) GetUser=$((count + 1))
control record | jq -r 'select(.call == "UpdateUser") | .id' | sort | uniq -d |
    expect_file /dev/null
expect_stderr "$((count + 1)) rows: 1 Updated, $count Unknown;"
