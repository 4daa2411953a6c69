#!/bin/bash
# If the service rejects an update, its rows are Failed with the service's code,
# name and message. Nothing is applied, and values in the message are redacted.
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE,$TOWN" >in.csv
rules=()
# rule ERROR EXPECTED: the update of the next user is rejected with ERROR.
rule() {
    local user=$U$((${#rules[@]} + 10))

    rules+=("{\"kind\":\"error\",\"call\":\"UpdateUser\",\"id\":\"$user\",$1}")
    echo "$user,Chief Secretary,Oslo" >>in.csv
    echo "Failed|$2|2|" >>wanted
}
rule '"code":106' '106|UserIsNotAuthorized|403|no'
rule '"code":201' '201|ApiInputValidationError|400|no'
rule '"code":202' '202|ApiExecutionError|400|no'
rule '"code":210' '210|EntityNotExistent|400|no'
rule '"code":211' '211|NameTooLong|400|no'
rule '"code":1001' '1001||403|no'
rule '"code":201,"message":"JobTitle Chief Secretary is not valid."' \
    '201|ApiInputValidationError|400|no'
count=${#rules[@]}
users_before 10 "$count"
faults "${rules[@]}"
run 1 in.csv out.csv
columns out.csv Status ErrorCode ErrorName HttpStatus Retryable Attempts \
    Changed | expect_file wanted
columns out.csv ErrorMessage >messages
sed -n 2p messages | expect_file <(
    echo 'An element of the input failed validation.'
)
tail -n 1 messages | expect_file <(echo 'JobTitle *** is not valid.')
expect_counts UpdateUser="$count" applied=0
users 10 "$count" | cmp - before.users

# The TrackingId is that of the rejected call, whether it is in the header or in
# the body.
control record | jq -r 'select(.call == "UpdateUser") | .id + "|" + .tracking' |
    sort >tracking
columns out.csv Id TrackingId | sort | expect_file tracking
for where in header body; do
    forget_calls
    faults '{"kind":"error","call":"GetUser","code":106}'
    control faults -d "{\"kind\":\"no-tracking\",\"where\":\"$where\"}" >rule
    head -n 2 in.csv >one.csv
    run 1 one.csv one.out
    control record | jq -r .tracking >tracking
    columns one.out TrackingId | expect_file tracking
    control faults -X DELETE >rule
done

# If the response has no TrackingId, the row has none.
faults '{"kind":"no-tracking","times":0}'
run 0 one.csv one.out
expect_columns one.out Status TrackingId <<<'Updated|'
faults

# An update that the service rejects without a fault rule is Failed in the same
# way.
control "users/${U}40" -X PATCH -d '{"ContactInfo":{"Address":{}}}' >user
printf "Id,CountryCode\n${U}40,XX\n" >in.csv
run 1 in.csv out.csv
expect_columns out.csv Status ErrorCode Attempts <<<'Failed|201|2'
