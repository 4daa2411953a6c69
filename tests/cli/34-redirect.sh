#!/bin/bash
# A redirect is never followed, so neither tokens nor users are sent to the
# other address.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start
other=$CONTROL other_service=$SERVICE
sim_start

printf "Id,$TITLE\n${U}01,x\n${U}02,y\n${U}03,z\n" >in.csv
for status in 301 302 303 307 308; do
    faults "{\"kind\":\"redirect\",\"status\":$status,\"times\":0,
        \"location\":\"$other_service\",\"id\":\"${U}01\"}" \
        "{\"kind\":\"redirect\",\"status\":$status,\"times\":0,
        \"location\":\"$other_service\",\"id\":\"${U}02\",
        \"call\":\"UpdateUser\"}"
    control users -X DELETE >reset
    forget_calls
    run 7 --concurrency 1 --timeout 2 in.csv out.csv
    expect_columns out.csv Status ErrorName HttpStatus Retryable <<END
Failed|HttpError|$status|yes
Unknown|HttpError|$status|yes
Updated||200|
END
    # One of them may be a probe before the last retry of the first row.
    expect_counts 'GetUser<=11' UpdateUser=4 applied=1
done
CONTROL=$other
expect_counts calls=0 connections_opened=0
