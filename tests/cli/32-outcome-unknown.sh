#!/bin/bash
# An update with unknown outcome is verified by reading the user back: it was
# applied, or it is sent again, and never applied twice. If neither can be
# proven, or the user can't be read either, its rows are Unknown.
# services: rest soap-v13 partner-center
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE" >in.csv
rules=()
rule() {
    local user=$U$((${#rules[@]} + 10))

    rules+=("{\"call\":\"UpdateUser\",\"id\":\"$user\",${1#\{}")
    echo "$user,Title of $user" >>in.csv
    echo "$2"
}
{
    # Whether the update was applied, and the number of calls until its outcome
    # is known.
    for when in before after; do
        calls=$([ $when = before ] && echo 4 || echo 3)
        for kind in reset close html empty stall garble cut; do
            rule "{\"when\":\"$when\",\"kind\":\"$kind\"}" $calls
        done
        for status in 408 500 502 503 504; do
            rule "{\"when\":\"$when\",\"kind\":\"status\",\"status\":$status}" \
                $calls
        done
        rule "{\"when\":\"$when\",\"kind\":\"error\",\"code\":0}" $calls
    done
    for kind in cut-reset short junk nul bad-utf8 deep huge; do
        rule "{\"kind\":\"$kind\"}" 3
    done
    rule '{"kind":"reset","times":2,"when":"before"}' 6
    rule '{"kind":"reset","times":2,"when":"after"}' 3
} >wanted
count=${#rules[@]}
echo "${U}09,Well" >>in.csv
users_before 9 $((count + 1))
faults "${rules[@]}"
run 0 --timeout 3 in.csv out.csv
columns out.csv Status ErrorName Retryable Changed Attempts |
    expect_file <(sed "s/^/Updated|||$TITLE|/" wanted &&
        echo "Updated|||$TITLE|2")
if [ "$API" != partner-center ]; then # which has no LastModifiedTime
    columns out.csv Id LastModifiedTime >times.list
    users 9 $((count + 1)) | jq -r '.Id + "|" + .LastModifiedTime' | sort |
        expect_file <(sort times.list)
fi
expect_counts applied=$((count + 1)) most_applied=1 update_overlaps=0
expect_stderr "$((count + 1)) rows: $((count + 1)) Updated;"

# Without retries, the update that never succeeds is given up when another one
# has succeeded. It may still be applied, although its user does not show it.
forget_calls
printf "Id,$TITLE\n${U}01,Now\n${U}02,Now\n" >two.csv
last_resort() {
    faults "{\"call\":\"UpdateUser\",\"id\":\"${U}01\",\"kind\":\"reset\",
        \"times\":0,\"when\":\"$1\"}"
    run "$2" --concurrency 1 --retries 0 --timeout 2 two.csv out.csv
    columns out.csv Status ErrorName Retryable |
        expect_file <(echo "$3" && echo 'Updated||')
}
last_resort before 7 'Unknown|ConnectionLost|yes'
expect_counts applied=1 'UpdateUser<=4'
control users -X DELETE >reset
forget_calls
last_resort after 0 'Updated||'
expect_counts applied=2 UpdateUser=2

# The user cannot be read back, although calls for other users succeed.
forget_calls
echo Id,Role >in.csv
rules=()
n=10
for get in '"kind":"status"' '"kind":"garble"' '"kind":"error","code":210' \
    '"kind":"masked"' '"kind":"wrong-user"'; do
    for when in before after; do
        rules+=("{\"call\":\"UpdateUser\",\"id\":\"$U$n\",\"kind\":\"close\",
            \"when\":\"$when\"}" "{\"call\":\"GetUser\",\"id\":\"$U$n\",
            \"skip\":1,\"times\":0,$get}")
        echo "$U$n,Never known" >>in.csv
        n=$((n + 1))
    done
done
echo "${U}09,Well again" >>in.csv
faults "${rules[@]}"
run 7 --concurrency 1 --retries 1 --timeout 2 --map "Role=$TITLE" \
    --failed failed.csv --undo undo.csv in.csv out.csv
columns out.csv Status Retryable Changed | uniq -c | expect_file <(
    printf '%7d %s\n' 10 'Unknown|yes|' 1 "Updated||$TITLE"
)
expect_counts applied=6 most_applied=1 UpdateUser=11
expect_stderr '11 rows: 1 Updated, 10 Unknown;'

# The printed command compares them, and replaces no file of the run.
expect_stderr 'to apply the rows of failed.csv alone; none of them must be corrected: '
md5sum out.csv failed.csv undo.csv >sums
faults
status=0
bash -c "$(sed -n 's/^bauser-batch: to compare all rows with the service, before you decide on the 10 Unknown rows: //p' err)" 2>err ||
    status=$?
[ "$status" -eq 1 ] || fail "exit status $status"
columns out.csv.reconcile.csv Status | sort | uniq -c | expect_file <(
    printf '%7d %s\n' 5 Drift 6 Match
)
md5sum --quiet -c sums
