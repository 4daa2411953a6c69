#!/bin/bash
# Retry-After as a date is measured against the service's clock, even if that
# differs from the local one by hours.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
sim_start

for ((i = 1; i <= 20; i++)); do
    user_row "$i" "Title $i"
done >rows
{ echo "Id,$TITLE" && cat rows; } >in.csv
control settings -d '{"clock_ahead_s":7200}' >settings
limits random:20%,retry-after=date
"${PROGRAM[@]}" in.csv out.csv 2>err &
program=$!
wait_until expect_counts applied=20
wait "$program" || fail "exit status $?"
expect_counts most_applied=1 'throttled>=1'
