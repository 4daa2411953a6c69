#!/bin/bash
# --timeout ends a call that stalls, and the call is repeated. Before an update
# is repeated, the user is read back. If no server listens, the run gives up and
# no row fails.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

printf "Id,$TITLE\n${U}01,x\n${U}02,x\n${U}03,x\n" >in.csv
faults "{\"kind\":\"stall\",\"id\":\"${U}01\",\"call\":\"GetUser\"}" \
    "{\"kind\":\"stall\",\"id\":\"${U}02\",\"call\":\"UpdateUser\"}"
run 0 --timeout 3 in.csv out.csv
expect_columns out.csv Status Attempts <<END
Updated|3
Updated|4
Updated|2
END
expect_counts GetUser=5 UpdateUser=4 most_applied=1

# If a response takes longer than --timeout, the row fails when --retries is
# exhausted.
printf "Id,$TITLE\n${U}01,y\n${U}02,y\n" >in.csv
faults "{\"kind\":\"slow\",\"id\":\"${U}01\",\"bytes\":4,\"ms\":300,
    \"times\":0}"
run 1 --timeout 3 --retries 0 --concurrency 1 in.csv out.csv
expect_columns out.csv Status ErrorName Retryable <<END
Failed|Timeout|yes
Updated||
END

# No server listens.
kill "${SIMS[0]}"
wait_until eval '! curl -s "$SERVICE"'
run 5 --give-up 0.005 in.csv out.csv
expect_stderr 'no valid response for' ConnectionFailed
expect_no_file out.csv.part
