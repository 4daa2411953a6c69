#!/bin/bash
# SIGTERM, SIGINT and SIGHUP stop a run with exit status 5. Calls in flight are
# completed, OUTPUT.part contains every finished row, and OUTPUT is not changed.
# services: rest
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start --latency 10

{
    echo "Id,$TITLE"
    for i in {1..2000}; do
        user_row "$i" "Title $i"
    done
} >in.csv
applied() {
    expect_counts 'applied>=10'
}
# stop SIGNAL: the program ends with exit status 5, and reports the signal.
stop() {
    status=0
    kill "-$1" "$program"
    wait "$program" || status=$?
    [ "$status" -eq 5 ] || fail "exit status $status"
    expect_stderr 'stopped by a signal'
}
for signal in TERM INT HUP; do
    for out in out.csv out.csv.gz; do
        control users -X DELETE >reset
        forget_calls
        rm -f out.csv*
        echo "of an earlier run" >"$out"
        # Whoever runs the tests may ignore SIGHUP, as nohup does.
        env --default-signal=HUP "${PROGRAM[@]}" --concurrency 3 in.csv "$out" \
            2>err &
        program=$!
        wait_until applied
        stop "$signal"
        expect_file "$out" <<<"of an earlier run"
        # OUTPUT.part contains the rows 1 to N, and only they were applied.
        columns "$out.part" Row Status >rows
        n=$(wc -l <rows)
        seq "$n" | sed 's/$/|Updated/' | expect_file rows
        expect_counts applied="$n" in_flight=0
        [ "$n" -lt 2000 ]
        expect_stderr " $n row" ": $n Updated;"
    done
done

# A signal also stops a run that waits for more rows.
mkfifo pipe
"${PROGRAM[@]}" - waiting.csv <pipe 2>err &
program=$!
exec 3>pipe
wait_until test -e waiting.csv.part
stop TERM
expect_no_file waiting.csv waiting.csv.part
exec 3>&-

# The first signal also stops a --check of a pipe that delivers nothing.
"$BAUSER_BATCH" --check - checked.csv <pipe 2>err &
program=$!
exec 3>pipe
wait_until test -e checked.csv.part
stop INT
expect_no_file checked.csv checked.csv.part
exec 3>&-

# Two signals in quick succession, as timeout(1) sends them, count as one.
control users -X DELETE >reset
forget_calls
"${PROGRAM[@]}" --concurrency 3 in.csv twice.csv 2>err &
program=$!
wait_until applied
kill -TERM "$program"
stop TERM
n=$(columns twice.csv.part Row | wc -l)
expect_counts applied="$n" in_flight=0
