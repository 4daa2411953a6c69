#!/bin/bash
# Each kind of fault, on each call, has exactly the outcome in table.tsv: the
# row's true result, the exit status and the number of calls. The user is
# updated at most once, and nothing else of it changes. If the run advises how
# to continue, that works.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"

TABLE=$TESTS/fault/table.tsv
# Each line is tried with one of its services, in turn. ALL=1: with each of
# them.
WORKERS=12  # lines tried at the same time
FAULTY=${U}04
ROWS=("${U}02" "$FAULTY" "${U}07" "${U}12")
OPTIONS=(--concurrency 1 --retries 1 --timeout 3 --rate 1000/s)

# ---- one line of the table: a run on four users, one of which is faulty ------

# Each line has its own directory and simulator. The run has a refresh token if
# the table expects token calls, and an access token otherwise.
set_up() {
    local tokens=$1 user

    if [ "$tokens" = 0 ]; then
        sim_start "${ETAGS[@]}"
    else
        sim_start --access-token '' "${ETAGS[@]}"
        unset BAUSER_ACCESS_TOKEN
        export BAUSER_CLIENT_ID=sim-client
        export BAUSER_REFRESH_TOKEN_FILE=refresh-token
        export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
        (umask 077 && echo sim-refresh-token >refresh-token)
    fi
    echo "Id,$TITLE" >in.csv
    for user in "${ROWS[@]}"; do
        echo "$user,Baker" >>in.csv
    done
}

# rule KIND MEMBERS CALL WHEN TIMES: prints the simulator's rule; "-": none.
rule() {
    local rule="\"kind\":\"$1\",\"call\":\"$3\""

    [ "$2" = - ] || rule+=",$2"
    [ "$3" = Token ] || rule+=",\"id\":\"$FAULTY\""
    [ "$4" = - ] || rule+=",\"when\":\"$4\""
    case $5 in
    once) ;;
    ever) rule+=",\"times\":0" ;;
    *) rule+=",\"times\":$5" ;;
    esac
    echo "{$rule}"
}

# apply NAME [OPTION...]: makes a run, and keeps its exit status and messages.
apply() {
    local status=0

    "${PROGRAM[@]}" "${OPTIONS[@]}" "${@:2}" \
        in.csv out.csv >"$1.out" 2>"$1.err" || status=$?
    echo "$status" >"$1.status"
}

# look NAME: keeps the simulator's record and the faulty user after a run.
look() {
    control record >"$1.record"
    control "users/$FAULTY" >"$1.user"
}

# follow_advice RETRYABLE: without the fault, a second run as the first one
# advised.
follow_advice() {
    local option

    case $(<first.status)$1 in
    1yes | 7yes) option=--retry-failed ;;
    4* | 5*) option=--resume ;;
    *) return 0 ;;
    esac
    control faults -X DELETE >fault.response
    apply second "$option"
    look second
}

# try LINE-NUMBER FIELD...: tries one line of the table.
try() {
    local number=$1 rule=("${@:2:5}") times=$6 exit=$7 retryable=${10}
    local tokens=${13}

    own_scratch='' SIMS=() # the common simulator continues
    ENVELOPES=envelopes    # they are checked together
    trap clean_up EXIT
    mkdir "$number"
    cd "$number"
    set_up "$tokens"
    control faults -d "$(rule "${rule[@]}")" >fault.response
    if [ "$times$exit" = ever5 ]; then
        OPTIONS+=(--give-up 0.02)
    fi
    apply first
    look first
    [ ! -e out.csv ] || cp out.csv first.csv
    follow_advice "$retryable"
}

# ---- all lines ---------------------------------------------------------------

# for_services SERVICES: sets services to those that take turns with a line.
# SERVICES contains names separated by commas; "" means all. SOAP v13, if it is
# among them, stands for v12 and v11, which share its code.
for_services() {
    local words

    IFS=, read -ra words <<<"${1:-all}"
    mapfile -t services < <(services_of "${words[@]}")
    if [ "${ALL:-}" ]; then
        mapfile -t services < <(printf '%s\n' "${services[@]}" | grep -x "$API")
    elif [[ " ${services[*]} " == *' soap-v13 '* ]]; then
        mapfile -t services < <(printf '%s\n' "${services[@]}" |
            grep -v 'soap-v1[12]')
    fi
}

# Prints "LINE-NUMBER FIELD..." for the lines to try.
choose_lines() {
    local number=0 fields services
    local -A known=()

    while read -ra fields; do
        number=$((number + 1))
        [[ ${fields[0]:-#} != \#* ]] || continue
        if [ -z "${known[-${fields[13]:-}]+known}" ]; then
            for_services "${fields[13]:-}"
            known[-${fields[13]:-}]=${services[*]}
        fi
        read -ra services <<<"${known[-${fields[13]:-}]}"
        [ "${#services[@]}" -gt 0 ] || continue
        if [ "${services[number % ${#services[@]}]}" = "$API" ]; then
            echo "$number" "${fields[@]}"
        fi
    done <"$TABLE"
}

# work FIRST: tries each WORKERS-th of these lines.
work() {
    local nth=0 fields

    while read -ra fields; do
        if [ $((nth++ % WORKERS)) -eq "$1" ]; then
            (try "${fields[@]}") || fail "line ${fields[*]}"
        fi
    done <lines
}

choose_lines >lines
if [ ! -s lines ]; then
    echo "skipped: other services take its turns"
    exit 77
fi
sim_start "${ETAGS[@]}"
control "users/$FAULTY" >before.user
workers=()
for ((worker = 0; worker < WORKERS; worker++)); do
    work "$worker" >"wrong.$worker" 2>&1 &
    workers+=($!)
done
for worker in "${workers[@]}"; do
    wait "$worker" || { cat wrong.*; exit 1; }
done
if [[ $API == soap-* ]]; then
    cat ./*/envelopes | "$PYTHON" -ESB "$TESTS/soap/check.py"
fi
"$PYTHON" -ESB "$TESTS/oracle/expect_table.py" "$TABLE" "$FAULTY"
