#!/bin/bash
# The samples for monitoring work: the line of the crontab applies a file and
# reports it, Prometheus and systemd accept their files, and every metric of an
# alert exists. The sample of a configuration file is accepted. The sample of a
# personnel file is applied by the commands of its description.
. "${0%/*}/../lib.sh"
sim_start --users 1000
samples=${TESTS%/*}/samples

# The crontab's line runs in another directory, with another URL.
mkfifo address
"$PYTHON" -ESB "$TESTS/cli/http_server.py" pings status >address &
read -r url <address
printf 'Id,City\n%s,Oslo\n' "${U}01" >users.csv
line=$(grep '^30 2' "$samples/monitoring/crontab" |
    sed "s|^30 2 [*] [*] [*] ||; s|/var/lib/bauser |$PWD |
        s|bauser-batch|& --endpoint $SERVICE|
        s|/var/lib/prometheus/node-exporter/||")
ping=$(sed -n "s|^BAUSER_PING=https://hc-ping.com|$url|p" "$samples/monitoring/crontab")
BAUSER_PING=$ping PATH=$(dirname "$BAUSER_BATCH"):$PATH sh -c "$line" >out 2>err
expect_file err </dev/null
columns result.csv Status | expect_file <(echo Updated)
sed 's|/00000000-[-0-9]*|/UUID|' pings >pings.found
expect_file pings.found < <(printf 'GET /UUID/start\nGET /UUID\n')

# The metrics of the alerts.
"$PYTHON" -ESB "$TESTS/oracle/metrics.py" nightly.prom >samples.found
grep -o 'bauser_batch_[a-z_]*' "$samples/monitoring/alerts.yml" | sort -u |
    while read -r metric; do
        grep -q "^${metric#bauser_batch_} " samples.found || fail "no $metric"
    done
if [ -n "${ALL:-}" ] || type promtool >/dev/null 2>&1; then
    promtool check rules "$samples/monitoring/alerts.yml" >promtool.out 2>&1 ||
        fail "promtool: $(cat promtool.out)"
fi

# systemd must find the program, and finds no manual.
if type systemd-analyze >/dev/null 2>&1; then
    mkdir units
    cp "$samples"/systemd/* units
    sed -i "s|=bauser-batch --|=$BAUSER_BATCH --|; /^Documentation=/d" units/*
    (cd units && systemd-analyze verify ./bauser-batch@x.service \
        ./bauser-batch-failed@x.service ./bauser-batch.service \
        ./bauser-batch.timer) >systemd.out 2>&1 || fail "systemd: $(cat systemd.out)"
    expect_file systemd.out </dev/null
fi

# The mail about a failure has the result and the log, and only a summary that the
# failed start has written. A start without a developer token writes none.
mkdir commands
cat >commands/mail <<'END'
#!/bin/sh
cat >mail
END
cat >commands/journalctl <<'END'
#!/bin/sh
case $* in
*short-unix*=start) echo "$START host systemd[1]: Starting" ;;
*) echo "log: $*" ;;
esac
END
chmod +x commands/*
script=$(tr '\n' ' ' <"$samples/systemd/bauser-batch-failed@.service" |
    sed "s|.*ExecStart=/bin/sh -c '||; s|'.*||; s|\\\\ | |g; s|\\$\\$|$|g; s|%i|nightly|g; s|%%|%|g")
report_failure() {
    MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_CODE=exited MONITOR_EXIT_STATUS=$1 \
        MONITOR_INVOCATION_ID=start PATH=$PWD/commands:$PATH sh -c "$script"
    grep -q "exit-code.* $1\$" mail
    grep -q '^log: .*-u bauser-batch@nightly' mail
}
run 0 users.csv nightly.result.csv
START=$(date +%s.%N)
export START
BAUSER_DEVELOPER_TOKEN='' run 2 users.csv nightly.result.csv
report_failure 2
expect_none 'succeeded' mail
printf 'Id,City\n%s,Oslo\n9,Oslo\n' "${U}01" >failing.csv
run 1 failing.csv nightly.result.csv
report_failure 1
grep -q 'some rows are' mail
expect_none 'No such file' mail

# samples/config is valid, and has the profiles of its description.
(umask 077 && cp "$samples/config" config)
for profile in production sandbox partner; do
    "$BAUSER_BATCH" --show-config --config config --profile "$profile" >shown
    grep -q "^\[$profile\]$" shown
done

# The command for the personnel file, and the one that it prints.
command=$(sed -n '/--resolve/,/resolved.csv/p' "$samples/README.md" |
    sed "s|^ *||; s|./bauser-batch|$BAUSER_BATCH|; s|http:[^ ]*|$SERVICE|
        s|samples/|$samples/|")
status=0
bash -c "$command" 2>err || status=$?
[ "$status" = 1 ]
expect_stderr '4 rows: 3 found, 1 without a certain Id'
command=$(sed -n 's/.*: to apply the rows that have an Id: //p' err)
status=0
bash -c "$command" 2>err || status=$?
[ "$status" = 1 ]
columns resolved.csv.result.csv Status |
    expect_file <(printf '%s\n' Updated Updated Updated Failed)
expect_user 01 '[.ContactInfo.Address.City, .JobTitle]' '["Köln","Leiter Einkauf"]'
