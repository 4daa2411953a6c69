#!/bin/bash
# --retry-failed retries the rows of a finished OUTPUT that are Unknown, or
# Failed with Retryable yes. It keeps all other rows byte by byte, plain or
# gzip, even if it is killed and resumed. The OUTPUT of another input is
# rejected. A row that a later row of its user has superseded is not offered for
# another retry.
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
    zcat -f "$out" | sed 's/Failed/Updated/' >"edited-$out"
    [ "${out%.gz}" = "$out" ] || gzip <"edited-$out" >edited
    [ "${out%.gz}" != "$out" ] || cp "edited-$out" edited
    cat edited >"$out"
    run 2 --resume --retry-failed in.csv "$out"
    expect_stderr 'OUTPUT, whose rows are retried, was changed'
    cat kept >"$out"
    run 1 --resume --retry-failed in.csv "$out"
    expect_stderr ': resume: apply 3 of 22 rows to '
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

# An earlier run has lost the outcome of row 1, and row 2 was applied.
printf '%s\n' "Id,$TITLE" "${U}40,Older" "${U}40,Newer" >two.csv
run 0 --window 1 two.csv two.out.csv
sed -i "/^1,/s/Updated,.*/Unknown,,,Timeout,,,yes,,,2,,/" two.out.csv
forget_calls
# superseded STATUS MODE [RETRIED]: row 1 stays Unknown, and no retry is advised.
# The run announces how many rows are retried.
superseded() {
    run "$1" "$2" two.csv two.out.csv
    [ -z "${3:-}" ] || expect_stderr ": retry: apply $3 of 2 rows to "
    expect_none '--retry-failed' err
    columns two.out.csv Row Status ErrorName Retryable |
        expect_file <(printf '%s\n' '1|Unknown|Superseded|no' '2|Updated||')
}
superseded 7 --retry-failed 1
superseded 7 --retry-failed 0
superseded 0 --review
expect_counts calls=0
