#!/bin/bash
# A run changes only the columns that the file sets, for random users and rows.
# The same file a second time changes nothing.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

for seed in 1 2 3; do
    control users -X DELETE >reset
    forget_calls
    users_before "$seed" 150
    "$PYTHON" -ESB "$TESTS/oracle/random_rows.py" \
        "$seed" "$seed" 150 400 "$ID_FORM" >in.csv
    run 1 in.csv out.csv
    expect_run in.csv out.csv
    expect_counts 'applied>=50' update_overlaps=0 refused=0 faults=0
done

forget_calls
users_before "$seed" 150
run 1 in.csv again.csv
expect_run in.csv again.csv
expect_counts UpdateUser=0 'GetUser>=50'
