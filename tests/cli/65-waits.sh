#!/bin/bash
# A run that waits reports why, once when that begins and once when it ends, also
# with --quiet. It names the reason again when it stops.
. "${0%/*}/../lib.sh"

printf 'Id,City\n%s,Oslo\n' "${U}01" >in.csv

# A refused connection is reported at once, and keeps --give-up. Nothing listens
# on this port.
for options in '' --quiet; do
    # shellcheck disable=SC2086 # no word, or one
    run 5 $options --endpoint http://127.0.0.1:1 --give-up 0.02 --log-file log \
        in.csv out.csv
    grep -vE '^bauser-batch: (to resume|0 rows; [0-9]+ calls?, |apply 1 row |estimate: )' err >messages
    expect_file messages <<'END'
bauser-batch: no connection to 127.0.0.1:1: Connection refused; retrying, gives up in 1 s
bauser-batch: when the run stopped: no connection to 127.0.0.1:1: Connection refused
bauser-batch: no valid response for 0.02 min (--give-up); the last failure: user 1000000000000000001: ConnectionFailed: Connection refused
END
    grep -q ' warn wait-begin reason=no-connection: no connection to 127' log
    grep -q ' warn stop: no valid response .*; no connection to 127' log
done

# So is a host without an address: no label of a name has 64 characters.
long=$(printf x%063d 0)
run 5 --endpoint "https://$long" --give-up 0.02 in.csv out.csv
expect_stderr "bauser-batch: no connection to $long: Could not resolve host: "

# A signal stops a run that waits; it names the reason again.
"$BAUSER_BATCH" --quiet --endpoint http://127.0.0.1:1 in.csv out.csv 2>err &
wait_until grep -q '^bauser-batch: no connection to 127' err
kill -TERM $!
status=0
wait $! || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
expect_stderr 'when the run stopped: no connection to 127.0.0.1:1: Connection' \
    'bauser-batch: stopped by a signal'

# A user who is throttled when nobody else is left is reported with the end, and
# the run continues after it.
sim_start
faults '{"kind":"error","code":117,"retry_after":"60"}'
fast_clock 60 run 0 --quiet --log-file log in.csv out.csv
expect_counts applied=1 faults=1 'calls<=5'
sed 's/ in .*/ in TIME/; s/after 1 min.*/after TIME/' err >messages
expect_file messages <<'END'
bauser-batch: throttled by the service: CallRateExceeded; next attempt in TIME
bauser-batch: no longer throttled by the service, after TIME
END
grep -q ' warn wait-end reason=throttled: no longer throttled by the' log

# The progress names the reason, in a pipe every ten seconds.
forget_calls
control settings -d '{"refuse_connections":true}' >settings
printf 'Id,City\n%s,Rome\n' "${U}01" >in.csv
fast_clock 60 run 0 in.csv out.csv &
wait_until grep -q '^bauser-batch: 0.0 %, no connection to 127.0.0.1:.*: Connection refused; retrying, gives up in .* min, 0 of 1 row, 0.0 rows/s, ' err
expect_counts calls=0
control settings -d '{"refuse_connections":false}' >settings
wait $!
expect_counts applied=1 calls=2
[ "$(grep -c 'bauser-batch: no connection' err)" -eq 1 ]
expect_stderr 'bauser-batch: connected again to 127.0.0.1:'
