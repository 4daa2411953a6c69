#!/bin/bash
# Calls that the service refuses for their number (117, 429) slow the whole run
# down and fail no row: they are made again, and don't count for --retries.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"

# Sixty times as fast: a window of a second is the minute that the service has.
make_input() {
    echo "Id,$TITLE"
    for ((i = 1; i <= $1; i++)); do
        user_row "$i" "Title $i"
    done
}
# all_updated ROWS: each by one update, and few calls were refused.
all_updated() {
    columns out.csv Status | uniq -c | expect_file <(
        printf '%7d Updated\n' "$1"
    )
    expect_counts applied="$1" most_applied=1 'throttled>=1' \
        "throttled<=$((16 + $1 / 20))"
    retries=$(sed -n 's/.* calls, \([0-9]*\) retr.*/\1/p' err)
    expect_counts throttled="$retries"
    # Of a row: its two calls, and those that were refused.
    expect_counts calls="$(($(columns out.csv Attempts | paste -sd +)))"
}

sim_start --throttle-calls 200 --throttle-window 1000
make_input 120 >in.csv
fast_clock 60 run 0 --retries 0 --timeout 3600 --log-file log in.csv out.csv
all_updated 120
# The log says how many calls the pace lets leave, once it is bounded.
grep -q ' warn throttle .* per_minute=[1-9]' log

# With Retry-After, in seconds and as a date.
sim_start --throttle-calls 60 --throttle-window 1000 --throttle-retry-after 60
make_input 40 >in.csv
fast_clock 60 run 0 --retries 0 --timeout 3600 in.csv out.csv
all_updated 40

# A proxy's 429, without an error of the service's, too.
sim_start
make_input 60 >in.csv
for after in '' ',"retry_after":"date+30"'; do
    control users -X DELETE >reset
    forget_calls
    faults "{\"kind\":\"status\",\"status\":429,\"skip\":110,\"times\":2$after}"
    fast_clock 60 run 0 --retries 0 --timeout 3600 in.csv out.csv
    expect_counts applied=60 most_applied=1 faults=2
    expect_stderr '122 calls, 2 retries;'
done

# Nothing else is ever answered: that is an outage.
faults '{"kind":"error","code":117,"times":0}'
forget_calls
rm -f out.csv
fast_clock 60 run 5 --timeout 3600 --give-up 1 in.csv out.csv
expect_stderr 'no valid response for 1 min' "$THROTTLED"
expect_no_file out.csv out.csv.part
expect_counts 'calls<=50'
