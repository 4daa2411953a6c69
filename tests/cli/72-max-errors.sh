#!/bin/bash
# --max-errors stops a run with exit status 5 when more rows have failed.
# --resume continues, and counts from zero. A percentage applies only after 100
# rows.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

# make_input ROWS BAD...: prints an input; the rows with these numbers name
# users that do not exist.
make_input() {
    local rows=$1 i

    echo "Id,$TITLE"
    for ((i = 1; i <= rows; i++)); do
        case " ${*:2} " in
        *" $i "*) user_row $((20000000 + i)) "Title" ;;
        *) user_row "$i" "Title" ;;
        esac
    done
}
options=(--concurrency 1)
# stopped TEXT: the run stops early with the message TEXT.
stopped() {
    run 5 "${options[@]}" in.csv out.csv
    expect_stderr "$1" 'to resume: '
    expect_no_file out.csv
}
# reset: restores the users, and removes OUTPUT.
reset() {
    control users -X DELETE >reset.response
    forget_calls
    rm -f out.csv
}

make_input 40 3 5 7 9 11 >in.csv
options+=(--max-errors 2)
stopped '3 of 7 rows failed, more than --max-errors 2 allows'
columns out.csv.part Row | expect_file <(seq 7)
run 1 "${options[@]}" --resume in.csv out.csv
columns out.csv Row | expect_file <(seq 40)
expect_counts applied=35 most_applied=1 GetUser=40

# As many rows fail as are allowed.
reset
options=(--concurrency 1 --max-errors 5)
run 1 "${options[@]}" in.csv out.csv

# A row with an invalid value counts too. Here no row may fail.
reset
options=(--concurrency 1 --max-errors 0)
printf "Id,$BAD\n${U}01,$BAD_VALUE\n${U}02,US\n" >in.csv
stopped '1 of 1 row failed'
expect_counts calls=1
rm -f out.csv.*

# With 10 %, 10 of the first 100 rows may fail, and 11 of the first 110, but not
# 12 of 111.
reset
make_input 200 {1..10} 110 111 >in.csv
options=(--concurrency 1 --max-errors 10%)
stopped '12 of 111 rows failed, more than --max-errors 10% allows'
reset
rm -f out.csv.*
make_input 99 {1..60} >in.csv
run 1 "${options[@]}" in.csv out.csv
