#!/bin/bash
# A list that is killed is resumed: no user is missing, and none is written
# twice. Pages that were written are not fetched again, unless the service no
# longer accepts the token of the next page: then the pages begin again.
# services: all
. "${0%/*}/../lib.sh"
[ "$API" != partner-center ] || API_OPTIONS=(--api partner-center)
sim_start --users 80 --customers 4 --tenants 2 --page-size 5

list_calls() {
    control record | jq -s 'map(select(.call == "List")) | length'
}
run 0 --list whole.csv
all_calls=$(list_calls)
sort whole.csv >whole.users

# expect_whole FILE: it has the same users.
expect_whole() {
    sort "$1" | expect_file whole.users
    expect_no_file "$1.part" "$1.journal"
}

# kill_after N: starts a list, whose List calls stall after N of them, and kills
# it when nothing else is left to do.
kill_after() {
    forget_calls
    faults "{\"kind\":\"stall\",\"call\":\"List\",\"skip\":$1,\"times\":0}"
    # shellcheck disable=SC2094 # nothing is read
    "${PROGRAM[@]}" --concurrency 1 --list killed.csv 2>err &
    wait_until in_flight
    wait_until recorded "$1"
    kill -9 $!
    wait $! 2>wait.err || true
    faults
    expect_no_file killed.csv
}
in_flight() {
    [ "$(control record | jq -s 'map(select(.call == "List" and .status == 0)) |
        length')" -eq 1 ]
}
# recorded N: N pages are in the journal (the customers of Microsoft Advertising
# are one more).
recorded() {
    [ "$(grep -acE '^[0-9a-f]{8} R ' killed.csv.journal)" -ge "$1" ]
}

for pages in 1 3 7; do
    kill_after "$pages"
    [ "$(stat -c %a killed.csv.journal)" = 600 ]
    run 2 --list killed.csv
    expect_stderr --resume --restart
    forget_calls
    run 0 --resume --list killed.csv
    expect_whole killed.csv
    calls=$(list_calls)
    [ "$((calls + pages))" -eq "$all_calls" ] ||
        fail "$calls List calls after $pages, instead of $all_calls"
    rm killed.csv
done

# Other options are another list, and an INPUT is another run.
kill_after 2
md5sum killed.csv.journal >sum
run 2 --resume --list --deleted killed.csv
expect_stderr --deleted
case $API in
partner-center) printf '%s\n' "Id,$TITLE,CustomerTenantId" "${U}01,x," ;;
*) printf '%s\n' "Id,$TITLE" "${U}01,x" ;;
esac >in.csv
run 2 --resume in.csv killed.csv
expect_stderr 'another input'
md5sum --quiet -c sum
run 0 --restart --list killed.csv
expect_whole killed.csv

# The tokens of pages expire meanwhile.
if [ "$API" = partner-center ]; then
    rm killed.csv
    kill_after 6
    control settings -d '{"page_epoch":1}' >settings.response
    run 0 --resume --list killed.csv
    expect_whole killed.csv
fi

# A signal ends it in an orderly way.
rm killed.csv
forget_calls
faults '{"kind":"stall","call":"List","skip":3,"times":0}'
"${PROGRAM[@]}" --drain 0 --concurrency 1 --list killed.csv 2>err &
wait_until in_flight
kill -TERM $!
status=0
wait $! || status=$?
[ "$status" -eq 5 ] || fail "exit status $status"
faults
sed -n 's/^bauser-batch: to resume: //p' err >resume.command
bash ./resume.command 2>err
expect_whole killed.csv
