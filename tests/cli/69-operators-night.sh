#!/bin/bash
# An operator's night: a run of 300 users, of which 2 % are wrong, is throttled,
# killed, and repeated with --resume. The next morning everything that is needed
# is printed: the wrong rows are corrected and applied, until the service is as
# after an input without errors, and one customer is undone.
# services: rest partner-center
# acceptance: rest partner-center
. "${0%/*}/../lib.sh"
sim_start --tenants 5 --latency 4 --jitter 4

# state: prints the users without what changes with each update. A value that is
# cleared may be null, empty or missing, and an address without values, too.
state() {
    users 01 300 | jq -cS 'del(.TimeStamp, .LastModifiedTime,
        .LastModifiedByUserId, .ContactInfo.Address.TimeStamp,
        .ContactInfo.Address.Id, .attributes.etag) |
        walk(if type == "object" then with_entries(select(
            .value | . != null and . != "" and . != {})) else . end)'
}

# The customer is a tenant, or for a service without tenants some users.
case $API in
partner-center) TENANT=CustomerTenantId ;;
*) TENANT=_Tenant ;;
esac
users 01 300 | jq -r '.links.self.uri // "//\(.Id[-1:])" | split("/")[2]' >tenants
customer=$(sed -n 2p tenants)

# input WRONG: prints the rows; with WRONG=1, six of them are wrong.
input() {
    local n=0 id cells tenant

    echo "Id,$TENANT,$TITLE,$TOWN,$BAD,$GUARD"
    while read -r tenant; do
        n=$((n + 1))
        # shellcheck disable=SC2059 # the service's own form
        printf -v id "$ID_FORM" "$n"
        cells="Chief $n,Köln $n,,"
        case $1$n in
        117) cells="Chief $n,Köln $n,$BAD_VALUE," ;;
        152) id=$NOBODY ;;
        1104) cells+=nobody ;;
        1158) id='' ;;
        1211) cells="Chief $n,#NAME?,," ;;
        1260) id="x$id" ;;
        esac
        echo "$id,$tenant,$cells"
    done <tenants
}
input 1 >users.csv
input 0 >correct.csv
state >before
run 0 correct.csv out.csv
state >wanted
rm out.csv*
control users -X DELETE >response
forget_calls

# ---- the night ----------------------------------------------------------------

# The line of the scheduler, each time.
night=(--resume --failed failed.csv --undo undo.csv --metrics nightly.prom
    --report report.html --log-file log users.csv result.csv)
limits 200/s,retry-after=none
faults '{"kind":"stall","call":"GetUser","skip":150,"times":0}'
"${PROGRAM[@]}" "${night[@]}" 2>err &
program=$!
wait_until expect_counts 'GetUser>=151'
kill -KILL "$program"
wait "$program" || true
expect_counts 'applied>=1' 'applied<=150'
expect_no_file result.csv failed.csv undo.csv report.html nightly.prom
faults '{"kind":"status","status":429,"skip":20,"times":3}'
run 1 "${night[@]}"
faults
limits
expect_counts 'throttled>=1' most_applied=1

# ---- the morning --------------------------------------------------------------

# keep NAME OUTPUT: keeps the messages and the summary of the last run. Each next
# command is in both of them.
keep() {
    cp err "$1.err"
    cp "$2.summary.json" "$1.json"
    jq -r '.next[].command' "$1.json" >"$1.commands"
    sed -n 's/^bauser-batch: to .*: \([^ ]*\(bauser-batch\|grep\) \)/\1/p' err |
        expect_file "$1.commands"
}
# paste_command STATUS NAME STEP [OUTPUT]: runs the command of this step of a kept
# run.
paste_command() {
    local command status=0

    command=$(jq -r ".next[] | select(.name == \"$3\").command" "$2.json")
    bash -c "$command" >out 2>err || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status, not $1: $command"
    [ "$#" -lt 4 ] ||
        "$PYTHON" -ESB "$TESTS/oracle/check_summary.py" "$4.summary.json" "$1"
}
# expect_value NAME FILTER VALUE: the kept summary has this value.
expect_value() {
    diff <(jq -c "$2" "$1.json") - <<<"$3" || fail "$1: $2 is not as expected"
}
# correct INPUT RESULT FAILED CORRECT: corrects FAILED with another program.
correct() {
    "$PYTHON" -ESB "$TESTS/oracle/correct_rows.py" "$@" corrected.csv
    mv corrected.csv "$3"
}
# leave_customer FILE: leaves only the rows of the customer.
leave_customer() {
    "$PYTHON" -ESB -c '
import csv, sys
ids = set(open("customer.ids").read().split())
rows = csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))
left = [row for row in rows if row["Id"] in ids]
with open(sys.argv[1], "w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, rows.fieldnames)
    writer.writeheader()
    writer.writerows(left)
' "$1"
}

keep night result.csv
expect_value night '[.exit.status, .resumed, .rows.done, .rows.by_status.Updated,
    .rows.by_status.Failed, .rows.by_status.Conflict]' '[1,true,300,294,5,1]'
expect_value night '.this_part.throttled >= 3' true
expect_value night '[.next[].name]' '["list-failed","apply-failed","undo"]'
"$PYTHON" -ESB "$TESTS/oracle/metrics.py" nightly.prom >samples
"$PYTHON" -ESB "$TESTS/oracle/report_text.py" report.html >report
for line in 'exit_status 1' 'rows Updated 294' 'rows Failed 5' 'rows Conflict 1' \
    "throttled_calls $(jq .this_part.throttled night.json)"; do
    grep -qxF "$line" samples || fail "not in the metrics: $line"
done
grep -qxF "294 of 300 rows were applied; 5 failed, 1 is in conflict with a change\
 by others." report || fail "not the verdict: $(sed -n 2p report)"
[ "$(grep -cxFf night.commands report)" -eq 3 ]
paste_command 0 night list-failed
[ "$(wc -l <out)" -eq 6 ] || fail "not six rows: $(cat out)"

# Five of the rows are corrected, and then the last one.
correct users.csv result.csv failed.csv correct.csv
cp failed.csv correct.failed.csv
sed -i 's/,,104,Conflict/,nobody,104,Conflict/' failed.csv
paste_command 1 night apply-failed failed.csv.result.csv
keep second failed.csv.result.csv
expect_value second '[.rows.done, .rows.by_status.Updated]' '[6,5]'
correct failed.csv failed.csv.result.csv failed.csv.failed.csv correct.failed.csv
paste_command 0 second apply-failed failed.csv.failed.csv.result.csv
state | expect_file wanted

# ---- one customer is undone, the newest run first -----------------------------

nl -ba tenants | awk -v "customer=$customer" '$2 == customer { print $1 }' |
    while read -r n; do id "$n"; done >customer.ids
leave_customer undo.csv.corrected.csv
[ "$(wc -l <undo.csv.corrected.csv)" -ge 2 ]
paste_command 0 second undo undo.csv.corrected.csv.result.csv
leave_customer undo.csv
paste_command 0 night undo undo.csv.result.csv
paste tenants before wanted |
    awk -F '\t' -v "customer=$customer" '{ print $1 == customer ? $2 : $3 }' |
    diff - <(state) >differences || fail "see differences: $(head differences)"
