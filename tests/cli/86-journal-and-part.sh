#!/bin/bash
# OUTPUT.part and its journal belong together: if the journal is missing, damaged
# or a copy, or if one of them has a second name, --resume is refused, sends
# nothing and changes no file.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {10..29}; do
        echo "$U$n,Title $n"
    done
} >in.csv
faults "{\"call\":\"GetUser\",\"skip\":5,\"kind\":\"error\",
    \"code\":$EXPIRED,\"times\":0}"
run 4 --concurrency 1 in.csv out.csv
mkdir kept
cp -p out.csv.journal out.csv.part kept
forget_calls

# refused TEXT ARGUMENT...
refused() {
    md5sum out.csv.* >sums
    run 2 "${@:2}"
    expect_stderr "$1"
    md5sum --quiet -c sums || fail "changed by: ${*:2}"
    expect_no_file out.csv
    expect_counts calls=0
    rm -f out.csv.*
    cp -p kept/* .
}
rm out.csv.journal
refused 'its journal out.csv.journal is missing' --resume in.csv out.csv
expect_stderr --restart
: >out.csv.journal
refused 'does not begin with an intact journal header' --resume in.csv out.csv
sed "1,9s/^api '/bpi '/" kept/out.csv.journal >out.csv.journal
refused 'does not begin with an intact journal header' --resume in.csv out.csv
ln out.csv.part second.part
refused 'out.csv.part exists and has a second name' --restart in.csv out.csv
rm second.part
ln out.csv.journal second.journal
refused 'out.csv.journal, the name of the journal, has a second name' \
    --resume in.csv out.csv
ln second.journal log
refused '--log-file log has a second name' --resume --log-file log in.csv out.csv
rm second.journal log
cp out.csv.journal other.csv.journal
refused "a copy of the journal of OUTPUT 'out.csv'" --resume in.csv other.csv
rm other.csv.journal
faults
run 0 --resume in.csv out.csv
expect_stderr '20 rows: 20 Updated;'
expect_counts applied=15 most_applied=1
expect_no_file out.csv.journal out.csv.part
