#!/bin/bash
# If the server has closed a kept-alive connection, libcurl does not send the
# update a second time. The user is read back before the update is sent again.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE" >in.csv
for n in {10..29}; do
    echo "$U$n,Title $n" >>in.csv
done

# apply_under RULE: each user is updated once, and between two UpdateUser calls
# of a user there is a GetUser.
apply_under() {
    control users -X DELETE >reset
    forget_calls
    faults "$1"
    users_before 10 20
    run 0 --concurrency 4 in.csv out.csv
    columns out.csv Status | uniq | expect_file <(echo Updated)
    expect_counts applied=20 most_applied=1
    control record | jq -r '.id + " " + .call' | sort -s -k 1,1 | uniq -d >twice
    expect_none UpdateUser twice
}

# After each response to GetUser, the connection is closed without notice.
apply_under '{"kind":"close-after","call":"GetUser","times":0}'
# The connection is closed when the update arrives, or just after it was
# applied.
for kind in reset close; do
    for when in before after; do
        apply_under "{\"kind\":\"$kind\",\"call\":\"UpdateUser\",
            \"reused\":true,\"when\":\"$when\",\"times\":20}"
        expect_counts 'faults>=5'
    done
done
