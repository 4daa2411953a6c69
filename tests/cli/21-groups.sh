#!/bin/bash
# Rows of one user, anywhere in the file, are merged into one update. Later
# cells win, and the Note of the earlier row says so. A failed row sets nothing.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TOWN,$TITLE,$LINE,$BAD"
    echo "${U}01,First,,A,"
    for n in {02..90}; do
        echo "$U$n,Town $n,,,"
    done
    echo "$(respelt "${U}01"),Second,Title,,"
    echo "${U}01,Worse,Failed,B,$BAD_VALUE"
    echo "${U}01,Third,,A,"
} >in.csv
users_before 01 90
run 1 in.csv out.csv
expect_run in.csv out.csv
expect_counts GetUser=90 UpdateUser=90 applied=90 update_overlaps=0
columns out.csv Row Status Note | grep -v '|Updated|$' | expect_file <(
    echo "1|Updated|$TOWN is taken from row 93"
    echo "91|Updated|$TOWN is taken from row 93"
    echo '92|Failed|'
)
expect_user 01 "[$TOWN_PATH, $TITLE_PATH]" '["Third","Title"]'
[ "$(columns out.csv TrackingId | sed -n '1p;91p;93p' | uniq | wc -l)" -eq 1 ]
