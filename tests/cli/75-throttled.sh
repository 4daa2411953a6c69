#!/bin/bash
# Throttled calls (117, 429) slow the whole run down and fail no row. They are
# repeated, and do not count for --retries.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"

# The clock runs sixty times as fast, so that the simulator's window of a second
# is a minute for the program.
make_input() {
    echo "Id,$TITLE"
    for ((i = 1; i <= $1; i++)); do
        user_row "$i" "Title $i"
    done
}
# all_updated ROWS: each row is Updated by one update, and few calls were
# throttled.
all_updated() {
    columns out.csv Status | uniq -c | expect_file <(
        printf '%7d Updated\n' "$1"
    )
    expect_counts applied="$1" most_applied=1 'throttled>=1' \
        "throttled<=$((16 + $1 / 20))"
    retries=$(sed -n 's/.* calls, \([0-9]*\) retr.*/\1/p' err)
    expect_counts throttled="$retries"
    # Attempts counts the two calls of a row, and those that were throttled. The
    # others are probes: is the user throttled, or everybody?
    attempts=$(($(columns out.csv Attempts | paste -sd +)))
    expect_counts "calls>=$attempts" "calls<=$((attempts + retries))"
}

sim_start --limit 200/s,refused-count
make_input 120 >in.csv
fast_clock 60 run 0 --retries 0 --timeout 3600 --log-file log in.csv out.csv
all_updated 120
# The log contains the adaptive limit once there is one.
grep -q ' warn throttle .* per_minute=[1-9]' log

# With Retry-After in seconds.
sim_start --limit 60/s,refused-count,retry-after=60
make_input 40 >in.csv
fast_clock 60 run 0 --retries 0 --timeout 3600 in.csv out.csv
all_updated 40

# A proxy's 429 without an API error has the same effect, also with Retry-After
# as a date.
sim_start
make_input 60 >in.csv
for after in '' ',"retry_after":"date+30"'; do
    control users -X DELETE >reset
    forget_calls
    faults "{\"kind\":\"status\",\"status\":429,\"skip\":110,\"times\":2$after}"
    fast_clock 60 run 0 --retries 0 --timeout 3600 in.csv out.csv
    expect_counts applied=60 most_applied=1 faults=2
    expect_counts 'calls>=122' 'calls<=124'
    expect_stderr ' calls, 2 retries;'
done

# If all calls are throttled, the run gives up.
faults '{"kind":"error","code":117,"times":0}'
forget_calls
rm -f out.csv
fast_clock 60 run 5 --timeout 3600 --give-up 1 in.csv out.csv
expect_stderr 'no valid response for 1 min' "$THROTTLED"
expect_no_file out.csv out.csv.part
expect_counts 'calls<=50'
