#!/bin/bash
# A response that is not the service's fails no row at once: the pages of a
# gateway are an outage if nothing else comes, and cost a few calls if they are
# scattered. A user who gets nothing else can be retried.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..100}; do
        user_row "$i" "Title $i"
    done
} >in.csv
users_before 1 100

# Only pages: no row fails, whatever their status is.
for fault in '"kind":"html","status":404' '"kind":"redirect","status":302' \
    '"kind":"empty","status":413' '"kind":"status","status":407'; do
    forget_calls
    faults "{$fault,\"skip\":20,\"times\":0}"
    run 5 --concurrency 1 --give-up 0.02 --restart in.csv out.csv
    expect_stderr 'no valid response' 'unexpected response' 'to resume: '
    columns out.csv.part Status | sort -u | expect_file <(echo Updated)
    expect_counts 'calls<=200' applied=10
    control users -X DELETE >reset
done

# One of a hundred calls, and all of one user.
forget_calls
faults "{\"kind\":\"html\",\"status\":404,\"id\":\"$(id 50)\",\"times\":0}" \
    '{"kind":"html","status":404,"percent":1,"times":0}'
run 1 --restart in.csv out.csv
columns out.csv Row Status ErrorName Retryable | grep -v '|Updated||' |
    expect_file <(echo '50|Failed|HttpError|yes')
expect_counts applied=99 most_applied=1 'calls<=240'

faults
run 0 --retry-failed in.csv out.csv
expect_counts applied=100 most_applied=1
