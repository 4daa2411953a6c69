#!/bin/bash
# A run that reads a pipe can be resumed if the pipe delivers the same data
# again. With other or fewer data it is rejected, and nothing is sent.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

CLAIM='^[0-9a-f]\{8\} N ' # the record of each process that resumes a run

{
    echo "Id,$TITLE"
    for n in {10..39}; do
        echo "$U$n,Title $n"
    done
} >in.csv
sed 's/Title 12/Title 21/' in.csv >other.csv
head -n 20 in.csv >short.csv

faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":11,\"times\":0}"
run 4 --concurrency 1 --window 5 - out.csv < <(cat in.csv)
applied=$(control counts | jq .applied)
[ "$applied" -eq 5 ]
forget_calls
for file in other.csv short.csv; do
    grep -v "$CLAIM" out.csv.journal >journal
    run 2 --resume --window 5 - out.csv < <(cat "$file")
    expect_stderr 'differs from what the run to be resumed'
    grep -v "$CLAIM" out.csv.journal | cmp journal -
done
run 2 --resume --window 5 in.csv out.csv
expect_stderr 'another input'
expect_counts calls=0
faults
run 0 --resume --window 5 - out.csv < <(cat in.csv)
expect_counts applied=25
columns out.csv Row Id Status | expect_file <(for n in {10..39}; do
    echo "$((n - 9))|$U$n|Updated"
done)
