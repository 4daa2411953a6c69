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

# A later row of a user that the run has updated is compared when no read can be
# old. The run reports that it waits.
{
    echo "Id,$TITLE"
    for n in 1 {2..40} 1; do
        user_row "$n" Newest
    done
} >twice.csv
run 0 --window 8 --timeout 15 --log-file log twice.csv out.csv
columns out.csv Status Attempts | tail -n 1 | expect_file <(echo 'Unchanged|2')
expect_stderr 'waiting before users are read again, because the service may still' \
    'users are read again, after '
grep -q ' wait-end reason=read-again rows=4[01]: users are read again' log
