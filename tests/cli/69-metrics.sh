#!/bin/bash
# --metrics writes what the run did for Prometheus, as the summary reports it. A
# run that fails keeps the time of the last success. A file that contains
# something else is never replaced.
. "${0%/*}/../lib.sh"
sim_start

{
    echo 'Id,City'
    for i in {1..20}; do
        user_row "$i" "Oslo $i"
    done
} >good.csv
{
    cat good.csv
    echo '90000000000000001,Oslo'
} >bad.csv
f=nightly.prom
# metric NAME [LABEL]: prints the value of a sample.
metric() {
    "$PYTHON" -ESB "$TESTS/oracle/metrics.py" "$f" >samples ||
        fail "not valid: $(cat "$f")"
    sed -n "s/^$* //p" samples
}
# check: the file agrees with the summary.
check() {
    local s=$1

    [ "$(stat -c %a $f)" = 644 ]
    if [ -n "${ALL:-}" ] || type promtool >/dev/null 2>&1; then
        promtool check metrics <$f >promtool.out 2>&1 ||
            fail "promtool: $(cat promtool.out)"
        [ ! -s promtool.out ] || fail "promtool: $(cat promtool.out)"
    fi
    [ "$(metric exit_status)" = "$(jq .exit.status "$s")" ]
    for status in Updated Failed Unchanged; do
        [ "$(metric rows $status)" = "$(jq .rows.by_status.$status "$s")" ]
    done
    for call in GetUser UpdateUser probe token; do
        [ "$(metric calls $call)" = "$(jq .this_part.calls.$call "$s")" ]
    done
    [ "$(metric retries)" = "$(jq .this_part.retries "$s")" ]
    [ "$(metric throttled_calls)" = "$(jq .this_part.throttled "$s")" ]
    grep -q 'run="nightly"' $f
}

# A success with retries and throttled calls.
faults '{"kind":"status","times":2}' '{"kind":"error","code":117,"times":1,"skip":5}'
run 0 --metrics $f good.csv out.csv
check out.csv.summary.json
[ "$(metric throttled_calls)" -ge 1 ]
success=$(metric last_success_timestamp_seconds)
[ -n "$success" ]
[ "$(metric last_run_timestamp_seconds)" = "$success" ]

# Complete, but not a success. Then a run that stops, and one that is rejected.
run 1 --metrics $f bad.csv out.csv
check out.csv.summary.json
[ "$(metric last_success_timestamp_seconds)" = "$success" ]
completion=$(metric last_completion_timestamp_seconds)
[ "$completion" != "$success" ]
faults '{"kind":"error","code":105,"skip":20,"times":0}'
run 4 --metrics $f --concurrency 1 bad.csv out.csv
check out.csv.part.summary.json
run 2 --metrics $f bad.csv out.csv
[ "$(metric exit_status)" = 2 ]
BAUSER_ACCESS_TOKEN='' run 2 --metrics $f --resume bad.csv out.csv
[ "$(metric exit_status)" = 2 ]
[ "$(metric last_success_timestamp_seconds)" = "$success" ]
[ "$(metric last_completion_timestamp_seconds)" = "$completion" ]
faults
run 1 --metrics $f --resume bad.csv out.csv
check out.csv.summary.json

# --check needs no service. A name becomes a label.
run 0 --check --metrics 'a "b\c.prom' good.csv
grep -qF 'bauser_batch_rows{run="a \"b\\c",status="Valid"} 20' 'a "b\c.prom'
f='a "b\c.prom'
[ "$(metric rows Valid)" = 20 ]

# Another file is kept, and so is the exit status.
f=nightly.prom
echo 'my notes' >notes.txt
cp good.csv before
run 2 --metrics ./good.csv good.csv out.csv
expect_stderr '--metrics ./good.csv is a file of INPUT'
cmp good.csv before
cp notes.txt before
run 1 --metrics notes.txt bad.csv out.csv
expect_stderr 'cannot write the metrics' 'something else'
cmp notes.txt before
run 1 --metrics no/such bad.csv out.csv
expect_stderr 'warning: cannot write the metrics no/such: '
rm out.csv
for file in out.csv bad.csv -; do
    run 2 --metrics $file bad.csv out.csv
    expect_stderr --metrics
done
expect_no_file out.csv
