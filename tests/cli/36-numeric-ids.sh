#!/bin/bash
# Ids that are JSON numbers are accepted and sent back as numbers if they are
# exact. Beyond 2^53 the row fails, and nothing is rounded.
. "${0%/*}/../lib.sh"
sim_start --first-id 100000000000001 --users 1000

printf 'Id,JobTitle\n100000000000001,x\n' >in.csv
faults '{"kind":"bare-ids","call":"GetUser","times":0}'
run 0 in.csv out.csv
control applied | jq -e '.user | [.Id, .CustomerId] | all(type == "number")' \
    >all-numbers || true
expect_counts UpdateUser=1
run 0 --export in.csv users.csv
columns users.csv Id | expect_file <(echo 100000000000001)

sim_start
printf "Id,JobTitle\n${U}01,x\n" >in.csv
faults '{"kind":"bare-ids","call":"GetUser","times":0}'
run 1 in.csv out.csv
expect_columns out.csv Status Attempts <<<'Failed|1'
expect_counts UpdateUser=0
