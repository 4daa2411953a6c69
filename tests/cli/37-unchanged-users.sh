#!/bin/bash
# A user of Partner Center without an etag has no version by which an old read is
# recognized. An update of such a user must not delay the Unchanged rows of others:
# these are read once.
# services: partner-center
. "${0%/*}/../lib.sh"
sim_start --etags 0

{
    echo "Id,$TITLE"
    for n in {1..600}; do
        user_row "$n" New
    done
} >in.csv
run 0 in.csv out.csv
awk -F , 'NR % 2 { $2 = NR > 1 ? "Newer" : $2 } { print $1 "," $2 }' in.csv >next.csv
run 0 --timeout 20 next.csv out.csv
columns out.csv Status Attempts | sort | uniq -c | expect_file <(
    printf '%7d %s\n' 300 'Unchanged|1' 300 'Updated|2'
)
