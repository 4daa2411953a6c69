#!/bin/bash
# If the service as a whole fails, single calls probe it and no row fails. The
# run continues when the service is available again. After --give-up it stops
# with exit status 5 and can be resumed.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..300}; do
        user_row "$i" "Title $i"
    done
} >in.csv
circuit_was_opened() {
    grep -q '"event":"circuit-open"' log
}

for fault in '"kind":"status"' '"kind":"refuse","ms":600000'; do
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv log
    users_before 1 300
    faults "{$fault,\"skip\":150,\"times\":0}"
    run 5 --concurrency 1 --retries 0 --give-up 0.02 --log-file log \
        --log-format json in.csv out.csv
    expect_stderr 'no valid response for' 'the last failure: user ' 'to resume: '
    circuit_was_opened
    # Every result row is Updated. Only the retries of the retry budget and a
    # few probes were sent.
    columns out.csv.part Status | sort -u | expect_file <(echo Updated)
    expect_counts 'calls<=300' applied=75
    expect_no_file out.csv

    faults
    run 0 --resume in.csv out.csv
    columns out.csv Row | expect_file <(seq 300)
    expect_counts applied=300 most_applied=1
    expect_run in.csv out.csv resumed
done

# If the service is available again before --give-up, a probe closes the circuit
# breaker and all rows are Updated.
control users -X DELETE >reset
forget_calls
rm -f log
users_before 1 300
faults '{"kind":"status","skip":150,"times":102}'
run 0 --concurrency 1 --log-file log --log-format json in.csv out.csv
circuit_was_opened
grep -q '"event":"circuit-closed"' log
expect_counts applied=300 most_applied=1
columns out.csv Status | uniq | expect_file <(echo Updated)
