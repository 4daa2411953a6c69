#!/bin/bash
# A run that calls a service begins with a line that names what it does and to
# whom. Applying to production asks for confirmation at a terminal, and any
# answer but yes changes nothing.
# services: rest
. "${0%/*}/../lib.sh"
sim_start --users 1000

printf 'Id,City\n%s,Rome\n%s,Oslo\n' "${U}01" "${U}02" >in.csv

# ---- the line -----------------------------------------------------------------

run 0 --dry-run in.csv out.csv
expect_stderr "bauser-batch: dry run of 2 rows on Bing Ads REST v13, endpoint $SERVICE"
run 0 --export --skip 1 --customer-id 123 --account-id 9 in.csv out.csv
expect_stderr "bauser-batch: export 1 row from Bing Ads REST v13, endpoint $SERVICE, customer 123, account 9"
run 0 --restart <(cat in.csv) out.csv
expect_stderr "bauser-batch: apply the rows of a pipe to Bing Ads REST v13, endpoint $SERVICE"
[ "$(head -n 1 err | cut -c 1-19)" = "bauser-batch: apply" ]
run 0 --list --customer-id 500000001 list.csv
expect_stderr "bauser-batch: list the users of Bing Ads REST v13, endpoint $SERVICE, customer 500000001"
run 0 --check in.csv
expect_none 'Bing Ads' err
run 0 --quiet in.csv out.csv
expect_file err </dev/null

# ---- the question -------------------------------------------------------------

# No such host exists, so a run that is confirmed finds no service.
simulated=$SERVICE
SERVICE=''
rm -f out.csv*

# at_terminal STATUS BEFORE ANSWER ARGUMENT...: the output goes to err.
at_terminal() {
    local wanted=$1 status=0

    "$PYTHON" -ESB "$TESTS/terminal.py" "$2" "$3" "$BAUSER_BATCH" \
        --give-up 0.01 "${@:4}" >err || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status instead of $wanted: ${*:4}"
}
production=(--endpoint https://service.invalid)
question='this changes users in production; type yes to continue: '

for answer in y YES yess ' yes' no "yes, please do this for me" ''; do
    at_terminal 2 '' "$answer" "${production[@]}" in.csv out.csv
    expect_stderr 'apply 2 rows to Bing Ads REST v13, endpoint https://service.invalid' \
        "$question" 'the run was not confirmed, so nothing was changed'
    expect_no_file out.csv out.csv.part out.csv.journal out.csv.summary.json \
        out.csv.part.summary.json
done
# What was typed before is no answer.
at_terminal 2 $'yes\n' '' "${production[@]}" in.csv out.csv
expect_stderr 'not confirmed'

# The warnings and the estimate come before the question.
# asked PATTERN...: these lines, in this order, and the question follows the last.
asked() {
    printf '%s\n' "$@" "$question" >wanted
    grep -oF -f wanted err | expect_file wanted
}
at_terminal 2 '' no --rate 20/s "${production[@]}" in.csv out.csv
asked 'apply 2 rows' 'estimate: at most 2 users, at most 4 calls'
at_terminal 2 '' no --quiet --rate 20/s "${production[@]}" in.csv out.csv
asked 'apply 2 rows' 'estimate: at most 2 users, at most 4 calls'
at_terminal 2 '' no --api soap-v13 "${production[@]}" in.csv out.csv
asked 'apply 2 rows' 'warning: SOAP' 'estimate: at most 2 users'
# What is left of an interrupted run is known after the answer.
sed 's/,.*/,Bonn/; 1s/.*/Id,City/' in.csv >bonn.csv
SERVICE=$simulated run 10 --limit 1 bonn.csv part.csv
at_terminal 2 '' no --resume "${production[@]}" bonn.csv part.csv
asked 'resume: apply 2 rows'
expect_none 'estimate' err

at_terminal 5 '' yes "${production[@]}" in.csv out.csv
expect_stderr "$question" 'no valid response'
at_terminal 2 '' no --quiet "${production[@]}" in.csv out.csv
expect_stderr 'apply 2 rows' "$question"

# not_asked STATUS ARGUMENT...
not_asked() {
    at_terminal "$1" '' no "${@:2}"
    expect_none 'type yes' err
}
not_asked 5 --yes "${production[@]}" in.csv out.csv
not_asked 5 --dry-run "${production[@]}" in.csv out.csv
not_asked 5 --reconcile "${production[@]}" in.csv out.csv
not_asked 5 --export "${production[@]}" in.csv out.csv
not_asked 5 --endpoint http://127.0.0.1:1 in.csv out.csv
# An INPUT that is rejected is not asked about.
echo Id,Ctiy >bad.csv
not_asked 3 "${production[@]}" bad.csv out.csv
# Without a terminal nobody is asked.
run 5 --give-up 0.01 "${production[@]}" in.csv out.csv
expect_none 'type yes' err
