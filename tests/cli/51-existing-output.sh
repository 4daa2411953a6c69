#!/bin/bash
# OUTPUT is complete or unchanged: rows go to OUTPUT.part, which is renamed when
# the run is complete. An existing OUTPUT.part prevents the next run, unless
# --restart is given.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start --latency 20

{
    echo "Id,$TITLE"
    for n in {10..60}; do
        echo "$U$n,Title"
    done
} >in.csv
echo "of an earlier run" >out.csv
chmod 644 out.csv
"${PROGRAM[@]}" --concurrency 2 in.csv out.csv 2>err &
wait_until test -s out.csv.part
expect_file out.csv <<<"of an earlier run"
[ "$(stat -c %a out.csv.part)" = 600 ]
wait $!
[ "$(wc -l <out.csv)" -eq 52 ]
[ "$(stat -c %a out.csv)" = 600 ]
expect_no_file out.csv.part

# If OUTPUT is a link, the file that it names is replaced.
mkdir elsewhere
ln -s elsewhere/real.csv link.csv
touch elsewhere/real.csv
run 0 in.csv link.csv
[ -L link.csv ]
[ "$(wc -l <elsewhere/real.csv)" -eq 52 ]

forget_calls
cp out.csv out.csv.part
run 2 in.csv out.csv
expect_stderr out.csv.part --restart
cmp out.csv out.csv.part
run 2 --check in.csv out.csv
run 2 --no-clobber in.csv out.csv
expect_counts calls=0
run 0 --restart in.csv out.csv
expect_no_file out.csv.part
columns out.csv Status | uniq | expect_file <(echo Unchanged)
run 0 --no-clobber in.csv new.csv

# A run with a rejected input discards no rows.
echo finished >out.csv.part
echo "Id,$TOWN,Twon" >bad.csv
run 3 --restart bad.csv out.csv
expect_file out.csv.part <<<finished

# A run that keeps no journal neither replaces the rows of an interrupted run nor
# leaves its journal behind.
control users -X DELETE >reset
run 10 --limit 5 in.csv some.csv
cp some.csv.part rows
for option in --resume --restart; do
    for mode in --export --check; do
        run 2 $mode $option in.csv some.csv
        expect_stderr 'some.csv.journal belongs to a run that did not finish' \
            'choose another OUTPUT'
        cmp some.csv.part rows
    done
done
run 0 --resume in.csv some.csv
columns some.csv Status | uniq | expect_file <(echo Updated)
expect_counts most_applied=1
