#!/bin/bash
# --ping reports the start, and the end with its exit status. --on-end runs a
# command with the summary on its standard input. Whatever fails in them is a
# warning, and changes neither the result nor the exit status.
. "${0%/*}/../lib.sh"
sim_start

mkfifo address
"$PYTHON" -ESB "$TESTS/cli/http_server.py" pings status >address &
read -r url <address
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
# expect_pings PATH...: since the last call, the server got these requests. It
# may be slower than the program.
expect_pings() {
    wait_until got_pings $#
    printf 'GET /ping/key%s\n' "$@" | expect_file pings
    rm pings
}

# Each end.
got_pings() {
    [ "$(wc -l <pings)" -ge "$1" ]
}
ping=(--ping "$url/ping/key/")
run 0 "${ping[@]}" good.csv out.csv
expect_pings /start ''
expect_none warning err
run 1 "${ping[@]}" bad.csv out.csv
expect_pings /start /1
faults '{"kind":"error","code":105,"skip":5,"times":0}'
run 4 "${ping[@]}" bad.csv out.csv
expect_pings /start /4
run 2 "${ping[@]}" bad.csv out.csv
expect_pings /start /2
BAUSER_ACCESS_TOKEN='' run 2 "${ping[@]}" --resume bad.csv out.csv
expect_pings /start /2
faults
run 1 "${ping[@]}" --resume bad.csv out.csv
expect_pings /start /1

# The server fails, is silent, or does not exist.
for status in 500 302 silent; do
    echo $status >status
    clock=
    [ $status != silent ] || clock='fast_clock 20' # it waits for five seconds
    $clock run 1 "${ping[@]}" bad.csv out.csv
    expect_pings /start /1
    [ "$(grep -c '^bauser-batch: warning: --ping: ' err)" -eq 2 ]
done
run 1 --quiet --ping http://127.0.0.1:9/secret-key bad.csv out.csv
[ "$(grep -c '^bauser-batch: warning: --ping: no response: ' err)" -eq 2 ]
expect_none secret-key err
for address in http://example.com/key ftp://127.0.0.1/key https://a:b@example.com/; do
    run 2 --ping $address bad.csv out.csv
    expect_stderr --ping
done

# Only who has passed the URL or the command as an argument finds it in a command
# that is printed. The report and the summary have these commands.
rm status
sed 's/Oslo/Bergen/' good.csv >new.csv
export BAUSER_PING=$url/ping/key BAUSER_ON_END='cat >other-key'
run 10 --limit 1 --report page.html new.csv limited.csv
unset BAUSER_PING BAUSER_ON_END
expect_pings /start /10
expect_file other-key <limited.csv.part.summary.json
expect_none '(ping/|other-)key' err page.html limited.csv.part.summary.json
run 10 "${ping[@]}" --on-end 'cat >other-key' --limit 1 --resume new.csv limited.csv
tail -n 1 err | grep -qF -- "--ping $url/ping/key/ --on-end 'cat >other-key' "
rm pings

# The command gets the summary and no secrets, and its output is not mixed with
# the result.
run 1 --on-end 'cat >summary; env >env; echo hello' bad.csv - --summary other.json
cmp summary other.json
expect_stderr hello
expect_none hello out
expect_none BAUSER_ env
jq -e '.exit.status == 1 and .rows.done == 21' summary >/dev/null
# It fails, is killed, does not read, reads slowly, or leaves a child.
run 1 --on-end 'exit 3' bad.csv out.csv
expect_stderr 'warning: --on-end: the command ended with exit status 3'
status=0
env --ignore-signal=CHLD "${PROGRAM[@]}" --on-end 'exit 4' bad.csv out.csv \
    >out 2>err || status=$?
[ "$status" -eq 1 ] || fail "exit status $status"
expect_stderr 'warning: --on-end: the command ended with exit status 4'
run 1 --on-end 'kill -9 $$' bad.csv out.csv
expect_stderr 'warning: --on-end: the command was ended by signal 9'
run 1 --on-end 'exec <&-; true' bad.csv out.csv
expect_none warning err
run 1 --on-end 'while IFS= read -r line; do echo "$line"; done >lines' bad.csv out.csv
cmp lines out.csv.summary.json
run 1 --on-end no-such-command bad.csv out.csv
expect_stderr 'exit status 127'
# A command that does not end is ended, with its children.
fast_clock 60 run 1 --on-end 'sleep 1000 & echo $! >child; trap "" TERM; wait; wait' \
    bad.csv out.csv
expect_stderr 'the command was ended, because it ran for 60 s'
ended() {
    ! kill -0 "$(cat child)" || [ "$(ps -o stat= -p "$(cat child)")" = Z ]
}
wait_until ended
