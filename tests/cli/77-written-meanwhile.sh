#!/bin/bash
# A user that another program writes between our reading and our update is read
# and merged anew: both changes are kept. After eight times, or where a guard
# fails then, its rows are a Conflict, and nothing of theirs is written.
. "${0%/*}/../lib.sh"
sim_start

# another_writes TIMES PATCH: just before our update.
another_writes() {
    faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"times\":$1,
        \"patch\":$2}"
}

printf "Id,JobTitle\n${U}01,Ours\n${U}02,Ours\n" >in.csv
another_writes 3 '{"Lcid":"GermanGermany","JobTitle":"Theirs"}'
run 0 --concurrency 1 in.csv out.csv
expect_columns out.csv Status Changed ErrorName Retryable <<END
Updated|JobTitle||
Updated|JobTitle||
END
expect_counts applied=2 most_applied=1 UpdateUser=5 GetUser=5
expect_user 01 '[.Lcid,.JobTitle]' '["GermanGermany","Ours"]'

# The other one has written what we would.
printf "Id,JobTitle\n${U}03,Same\n" >in.csv
another_writes 1 '{"JobTitle":"Same"}'
run 0 in.csv out.csv
expect_columns out.csv Status Changed Attempts <<<'Unchanged||3'

# Now the guard fails, which held at first.
printf "Id,JobTitle,UserName\n${U}04,Ours,$(member 04 .UserName | tr -d '"')\n" \
    >in.csv
another_writes 1 '{"UserName":"someone-else"}'
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Field Changed Retryable Attempts \
    <<<'Conflict|GuardMismatch|UserName||no|3'

# It never ends; the pauses grow to minutes.
printf "Id,JobTitle\n${U}05,Ours\n${U}06,Ours\n" >in.csv
forget_calls
faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"id\":\"${U}05\",
    \"times\":0}"
fast_clock 60 run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Changed Retryable Attempts <<END
Conflict|TimestampNotMatch||yes|19
Updated||JobTitle||2
END
expect_counts applied=1 UpdateUser=10
expect_stderr '2 rows: 1 Updated, 1 Conflict;'
