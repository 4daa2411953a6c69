#!/bin/bash
# A list survives what other runs survive: throttling, failures of the service,
# expired tokens, broken responses. A customer who cannot be listed does not
# hinder the others, and the exit status is 1. Without any customer nothing is
# written.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
[ "$API" != partner-center ] || API_OPTIONS=(--api partner-center)
sim_start --users 60 --customers 3 --tenants 3 --page-size 10

run 0 --list whole.csv
sort whole.csv >whole.users

# expect_whole FILE: it has the same users.
expect_whole() {
    sort "$1" | expect_file whole.users
}

limits 4/1s
run 0 --list throttled.csv
expect_whole throttled.csv
expect_counts 'throttled>=1'
limits

faults '{"kind":"status","status":503,"call":"List","times":1}' \
    '{"kind":"cut","bytes":40,"call":"List","skip":1,"times":1}' \
    '{"kind":"reset","call":"List","skip":2,"times":1}' \
    '{"kind":"html","call":"List","skip":3,"times":1}' \
    '{"kind":"duplicate","call":"List","skip":4,"times":1}'
run 0 --list broken.csv
expect_whole broken.csv
faults

(
    use_refresh_token
    faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"call\":\"List\",\"skip\":2}"
    run 0 --list renewed.csv
    expect_whole renewed.csv
    expect_counts Token=2
)

# No rights for one customer.
customer=$(columns whole.csv "$(case $API in
    partner-center) echo CustomerTenantId ;;
    *) echo _CustomerId ;;
    esac)" | tail -n 1)
faults "{\"kind\":\"error\",\"code\":$(case $API in
    partner-center) echo 20002 ;;
    *) echo 106 ;;
    esac),\"call\":\"List\",\"id\":\"$customer\",\"times\":0}"
run 1 --log-file log --log-format json --list partly.csv
jq -r 'select(.event == "customer-failed") | .user' log |
    expect_file <(echo "customer $customer")
grep -v "$customer" whole.users >others.users
sort partly.csv | expect_file others.users
expect_stderr "the users of customer $customer cannot be listed"

# Killed when its journal is removed, it is still not complete.
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
status=0
INJECT_CALL=unlink INJECT_AT=1 INJECT_TIMES=kill LD_PRELOAD=$INJECT \
    "${PROGRAM[@]}" --list partly.csv 2>err || status=$?
[ "$status" -eq 137 ] || fail "exit status $status"
[ -s partly.csv.journal ]
forget_calls
run 1 --resume --list partly.csv
expect_stderr "the users of customer $customer cannot be listed: as the run has"
expect_counts calls=0
sort partly.csv | expect_file others.users
expect_no_file partly.csv.part partly.csv.journal

# Nothing can be listed: the old file stays.
cp whole.csv none.csv
run 5 --list --customer-id "$customer" none.csv
cmp whole.csv none.csv
expect_stderr "$customer" 'no customer could be listed'
expect_no_file none.csv.part none.csv.journal
faults

# The customers cannot be listed.
faults "{\"kind\":\"error\",\"code\":$REFUSED,\"times\":0}"
run 5 --list none.csv
cmp whole.csv none.csv
expect_stderr 'the customers cannot be listed'
faults

# Another customer, who does not exist.
run 5 --list --customer-id "$(case $API in
    partner-center) echo 11111111-2222-3333-4444-555555555555 ;;
    *) echo 7 ;;
    esac)" none.csv
cmp whole.csv none.csv
expect_stderr 'check --customer-id' # nothing can be resumed
expect_none 'to resume|to run it again' err
expect_no_file none.csv.journal
