#!/bin/bash
# Each call has the headers that the service requires, and CustomerId and
# CustomerAccountId if they are given.
. "${0%/*}/../lib.sh"
sim_start --customer-id 42

printf "Id,JobTitle\n${U}01,x\n" >in.csv
run 0 in.csv out.csv
control record | jq -c '.headers | del(."User-Agent")' | uniq |
    expect_file <(echo '{}')
control record | jq -r '.headers."User-Agent"' >agents
grep -q '^bauser-batch/[0-9.]*$' agents
forget_calls
run 0 --customer-id 42 --account-id 4711 in.csv out.csv
control record | jq -c '.headers | del(."User-Agent")' | uniq |
    expect_file <(echo '{"CustomerId":"42","CustomerAccountId":"4711"}')

# The simulator rejects another customer, as the service does.
run 1 --customer-id 43 in.csv out.csv
expect_columns out.csv Status ErrorName <<<'Failed|UserIsNotAuthorized'
