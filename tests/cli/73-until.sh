#!/bin/bash
# --max-duration and --until stop a run at a time that its first start fixes,
# with exit status 10. A resumed run keeps this end. When the run has stopped at
# it, the printed command continues the run; for a date, it has no end.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for i in {1..300}; do
        user_row "$i" "Title $i"
    done
} >in.csv
control settings -d '{"latency_ms":100}' >settings
run 10 --concurrency 1 --max-duration 2s in.csv out.csv
expect_stderr 'stopped at its end, ' '(--max-duration 2s)' 'to resume: ' \
    '--max-duration 2s'
expect_no_file out.csv
run 10 --resume --until 2000-01-01T00:00 in.csv out.csv
expect_stderr 'stopped at its end, 2000-01-01 00:00 ' '; 0 calls, '
sed -n 's/.* to resume: //p' err | expect_file <(
    echo "${PROGRAM[*]} --resume in.csv out.csv"
)
control settings -d '{"latency_ms":0}' >settings
run 0 --resume in.csv out.csv
expect_counts applied=300 most_applied=1
columns out.csv Row Status | expect_file <(seq 300 | sed 's/$/|Updated/')

for wrong in 6 25:00 tomorrow 06:00:00; do
    run 2 --until "$wrong" in.csv out.csv
    expect_stderr '--until takes a local time'
done
for wrong in 7 0h 7d 1m1h -1h 7h30; do
    run 2 --max-duration "$wrong" in.csv out.csv
    expect_stderr '--max-duration takes a duration'
done
run 2 --until 2000-01-01T00:00 in.csv out.csv
expect_stderr '--until 2000-01-01T00:00 is in the past'
run 2 --check --until 06:00 in.csv
expect_stderr '--until and --check cannot be combined'
