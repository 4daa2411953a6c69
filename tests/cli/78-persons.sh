#!/bin/bash
# The service keeps the users of one person in sync, so the updates of a run
# make each other's TimeStamps stale. All users are Updated. Guards on their
# LastModifiedTime match, because only this run wrote.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start --users-per-person 6 --latency 3 --jitter 3

# Each user of a person sets a title of its own; the last one remains.
{
    echo Id,JobTitle
    for n in {01..18}; do
        echo "$U$n,Title $n"
    done
} >in.csv
run 0 in.csv out.csv
columns out.csv Status Changed | uniq -c | expect_file <(
    printf '%7d %s\n' 18 'Updated|JobTitle'
)
expect_counts applied=18 most_applied=1 update_overlaps=0 'refused>=1'
grep -q ' [1-9][0-9]* retries' err
for first in 01 07 13; do
    control applied | jq -r .user.Id,.user.JobTitle | paste - - >sent
    users "$first" 6 | jq -r .JobTitle | uniq >titles
    [ "$(wc -l <titles)" -eq 1 ] || fail "a person has several titles"
    grep -qf titles sent
done

# An exported file is applied with one more column. The second user of a person
# finds the time of the first user's update.
control users -X DELETE >reset
forget_calls
run 0 --export in.csv export.csv
{
    echo Id,JobTitle,Lcid,LastModifiedTime
    columns export.csv Id LastModifiedTime |
        awk -F'|' '{ print $1 ",Chief " NR "," \
            (NR % 2 ? "GermanGermany" : "FrenchFrance") "," $2 }'
} >guarded.csv
control users -X DELETE >reset
forget_calls
run 0 --concurrency 1 guarded.csv out.csv
columns out.csv Status | uniq -c | expect_file <(printf '%7d Updated\n' 18)
# This affects all users of a person except the first one.
[ "$(columns out.csv Note | grep -c LastModifiedTime)" -eq 15 ]
expect_counts applied=18 most_applied=1

# An update of another program in between is a Conflict, even if it is of the
# same person.
control users -X DELETE >reset
forget_calls
faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"id\":\"${U}02\",
    \"patch\":{\"JobTitle\":\"By another\"}}"
run 1 --concurrency 1 guarded.csv out.csv
columns out.csv Status Field | sed 6q | expect_file <(
    echo 'Updated|'
    yes 'Conflict|LastModifiedTime' | sed 5q
)
expect_user 02 .JobTitle '"By another"'
