#!/bin/bash
# --retry-failed retries the rows of a finished OUTPUT that are Unknown, or
# Failed with Retryable yes. It keeps all other rows byte by byte, plain or
# gzip, even if it is killed and resumed. The OUTPUT of another input is
# rejected.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,$BAD"
    for n in {10..29}; do
        echo "$U$n,\"Title \"\"$n\"\"\","
    done
    echo "${U}30,,$BAD_VALUE"
    echo "$NOBODY,Nobody,"
} >in.csv
sed 's/^.*28,/'"${U}31"',/' in.csv >other.csv
# fails NN...: every GetUser of these users fails.
fails() {
    local n rules=()

    for n; do
        rules+=("{\"call\":\"GetUser\",\"id\":\"$U$n\",\"kind\":\"status\",
            \"times\":0}")
    done
    faults "${rules[@]}"
}
text() {
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *) cat "$1" ;;
    esac
}
for out in out.csv out.csv.gz; do
    control users -X DELETE >response
    forget_calls
    fails 12 15 20
    run 1 --retries 0 in.csv "$out"
    expect_stderr '22 rows: 17 Updated, 5 Failed;'
    text "$out" >first
    cp "$out" kept
    run 2 --retry-failed other.csv "$out"
    cmp "$out" kept

    # The run is killed when user 12 is finished and user 15 waits for a
    # response.
    forget_calls
    faults "{\"call\":\"GetUser\",\"id\":\"${U}15\",\"kind\":\"stall\"}"
    "${PROGRAM[@]}" --retry-failed --concurrency 1 \
        in.csv "$out" 2>err &
    program=$!
    stalled() {
        expect_counts GetUser=2
    }
    wait_until stalled
    kill -KILL "$program"
    wait "$program" || true
    cmp "$out" kept
    run 2 --retry-failed in.csv "$out"
    run 2 --resume in.csv "$out"
    expect_stderr --retry-failed
    run 1 --resume --retry-failed in.csv "$out"
    expect_stderr '22 rows: 20 Updated, 2 Failed;'
    expect_counts applied=3 most_applied=1
    text "$out" >second
    lines='^(3|6|11),'
    grep -vE "$lines" first >wanted
    grep -vE "$lines" second | expect_file <(cat wanted)
    columns "$out" Row Status | grep -E '^(3|6|11)\|' |
        expect_file <(printf '%s\n' '3|Updated' '6|Updated' '11|Updated')
    expect_no_file "$out.journal" "$out.part"
done
run 2 --retry-failed in.csv missing.csv
