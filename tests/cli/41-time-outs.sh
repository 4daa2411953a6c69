#!/bin/bash
# --timeout ends a call that stalls: a GetUser's rows are Failed, an update's
# Unknown, and the run goes on; --connect-timeout likewise for a connection.
. "${0%/*}/../lib.sh"
sim_start

printf "Id,JobTitle\n${U}01,x\n${U}02,x\n${U}03,x\n" >in.csv
faults "{\"kind\":\"stall\",\"id\":\"${U}01\",\"call\":\"GetUser\"}" \
    "{\"kind\":\"stall\",\"id\":\"${U}02\",\"call\":\"UpdateUser\"}"
run 7 --timeout 1 in.csv out.csv
expect_columns out.csv Status ErrorName Retryable Attempts <<END
Failed|Timeout|yes|1
Unknown|Timeout|yes|2
Updated|||2
END
expect_counts GetUser=3 UpdateUser=2

# An answer that trickles in slower than that.
faults "{\"kind\":\"slow\",\"id\":\"${U}01\",\"bytes\":4,\"ms\":100}"
run 1 --timeout 1 in.csv out.csv
expect_columns out.csv Status ErrorName <<END
Failed|Timeout
Updated|
Unchanged|
END

# Nobody listens: the rows are Failed, and may be tried again.
kill "${SIMS[0]}"
wait_until eval '! curl -s "$SERVICE"'
run 1 in.csv out.csv
columns out.csv Status ErrorName Retryable HttpStatus | uniq |
    expect_file <(echo 'Failed|ConnectionFailed|yes|')
