#!/bin/bash
# A tenant, a user or a node that refuses a token does not stop the run if the
# token is good for others: it is renewed once, and the rows that are always
# refused fail and can be retried.
# services: partner-center
. "${0%/*}/../lib.sh"
sim_start --access-token '' --tenants 4
use_refresh_token sim-refresh-token

P=4b10bf41-ab11-40e3-8c53-0000000000 # and the number of a user
tenant() {
    control "users/$P$1" | jq -r '.links.self.uri | split("/")[2]'
}
# Sorted by tenant; user 8, 12, ... are of the same tenant as 4.
{
    echo "Id,CustomerTenantId,$TITLE"
    for first in 04 01 02 03; do
        tenant=$(tenant "$first")
        for n in $(seq "$((10#$first))" 4 90); do
            printf "$P%02d,$tenant,Title\n" "$n"
        done
    done
} >in.csv
rules=()
for n in $(seq 4 4 90); do
    rules+=("$(printf "{\"kind\":\"status\",\"status\":401,\"times\":0,
        \"id\":\"$P%02d\"}" "$n")")
done

# The first tenant of the file, whose users are refused before any other call.
faults "${rules[@]}"
run 1 --window 200 in.csv out.csv
columns out.csv Row Status HttpStatus Retryable | expect_file <(
    for row in {1..90}; do
        [ "$row" -gt "${#rules[@]}" ] || echo "$row|Failed|401|yes"
        [ "$row" -le "${#rules[@]}" ] || echo "$row|Updated|200|"
    done
)
expect_counts 'Token<=2' applied=$((90 - ${#rules[@]})) most_applied=1

# When the relationship is back, these rows are applied.
faults
run 0 --retry-failed in.csv out.csv
expect_counts applied=90 most_applied=1

# One of five nodes refuses all tokens.
control users -X DELETE >reset
forget_calls
faults '{"kind":"status","status":401,"percent":20,"times":0}'
run 0 --restart in.csv out.csv
columns out.csv Status | uniq | expect_file <(echo Updated)
expect_counts applied=90 most_applied=1 'Token<=3'
