#!/bin/bash
# An update that meets a kept connection which the server has closed is not sent
# a second time by libcurl: the user is read before any other try.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

echo "Id,$TITLE" >in.csv
for n in {10..29}; do
    echo "$U$n,Title $n" >>in.csv
done

# apply_under RULE: all users are updated, each once, and between two updates of
# one user there is a GetUser.
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

# Each GetUser is answered and then its connection closed unannounced.
apply_under '{"kind":"close-after","call":"GetUser","times":0}'
# The connection turns out to be closed when the update comes, or when it has
# just been applied.
for kind in reset close; do
    for when in before after; do
        apply_under "{\"kind\":\"$kind\",\"call\":\"UpdateUser\",
            \"reused\":true,\"when\":\"$when\",\"times\":20}"
        expect_counts 'faults>=5'
    done
done
