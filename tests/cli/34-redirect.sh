#!/bin/bash
# A redirect is never followed, so neither tokens nor users are sent to the
# other address.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start
other=$CONTROL other_service=$SERVICE
sim_start

printf "Id,$TITLE\n${U}01,x\n${U}02,y\n" >in.csv
for status in 301 302 303 307 308; do
    faults "{\"kind\":\"redirect\",\"status\":$status,
        \"location\":\"$other_service\",\"id\":\"${U}01\"}" \
        "{\"kind\":\"redirect\",\"status\":$status,\"call\":\"UpdateUser\",
        \"location\":\"$other_service\"}"
    forget_calls
    run 1 --concurrency 1 in.csv out.csv
    expect_columns out.csv Status ErrorName HttpStatus Retryable Attempts <<END
Failed|HttpError|$status|no|1
Failed|HttpError|$status|no|3
END
    expect_counts GetUser=3 UpdateUser=1 applied=0
done
CONTROL=$other
expect_counts calls=0 connections_opened=0
