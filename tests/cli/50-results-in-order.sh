#!/bin/bash
# Result rows have the order of the input, one for each row, whatever the order
# of the responses. They go to a file, compressed if its name ends in .gz, or to
# standard output.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --jitter 10

{
    echo "Id,$TOWN"
    for i in {1..300}; do
        case $((i % 10)) in
        0) echo "x$i,Oslo" ;;
        1) user_row $((i + 20000000)) "Oslo" ;;
        *) user_row $((i * 7 % 200 + 1)) "City $i" ;;
        esac
    done
} >in.csv
awk -F, 'NR > 1 { print NR - 1 "|" $1 }' in.csv >wanted

run 1 in.csv out.csv
columns out.csv Row Id | expect_file wanted
columns out.csv Status | sort | uniq -c | tr -s ' ' | expect_file <(
    printf '%s\n' ' 60 Failed' ' 240 Updated'
)
expect_counts update_overlaps=0

run 1 in.csv out.csv.gz
gzip -t out.csv.gz
columns out.csv.gz Row Id | expect_file wanted
[ "$(stat -c %a out.csv.gz)" = 600 ]

run 1 in.csv -
columns out Row Id | expect_file wanted
run 1 - - <in.csv
columns out Row Id | expect_file wanted
expect_stderr 'standard output'
