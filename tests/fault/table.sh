#!/bin/bash
# Each kind of fault, on each call, leads to just what table.tsv says: the row's
# true result, the exit status, so many calls, the user updated once or not at
# all and nothing else of it changed. The way on that a run tells of works.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"

TABLE=$TESTS/fault/table.tsv
# Each line is tried over one of the services that it is for, another one from
# line to line; ALL=1: over each of them.
WORKERS=12  # lines tried at the same time
FAULTY=${U}04
ROWS=("${U}02" "$FAULTY" "${U}07" "${U}12")
OPTIONS=(--concurrency 1 --retries 1 --timeout 3 --rate 1000/s)

# ---- one line of the table: a run on four users, one of which is faulty ------

# Each in a directory and with a simulator of its own. The run is handed tokens
# where the table expects calls for them, else it has a fixed one.
set_up() {
    local tokens=$1 user

    if [ "$tokens" = 0 ]; then
        sim_start
    else
        sim_start --access-token ''
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

# rule KIND MEMBERS CALL WHEN TIMES: the rule for the simulator; "-": none.
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

# apply NAME [OPTION...]: a run; its exit status and messages stay in files.
apply() {
    local status=0

    "${PROGRAM[@]}" "${OPTIONS[@]}" "${@:2}" \
        in.csv out.csv >"$1.out" 2>"$1.err" || status=$?
    echo "$status" >"$1.status"
}

# What the simulator knows after a run.
look() {
    control record >"$1.record"
    control "users/$FAULTY" >"$1.user"
}

# go_on RETRYABLE: without the fault, a run on the way that the first one has
# told of.
go_on() {
    local way

    case $(<first.status)$1 in
    1yes | 7yes) way=--retry-failed ;;
    4* | 5*) way=--resume ;;
    *) return 0 ;;
    esac
    control faults -X DELETE >fault.answer
    apply second "$way"
    look second
}

# try LINE-NUMBER FIELD...: the fields of the line.
try() {
    local number=$1 rule=("${@:2:5}") times=$6 exit=$7 retryable=${10}
    local tokens=${13}

    own_scratch='' SIMS=() # those of all lines stay
    ENVELOPES=envelopes    # for one check of them all
    trap clean_up EXIT
    mkdir "$number"
    cd "$number"
    set_up "$tokens"
    control faults -d "$(rule "${rule[@]}")" >fault.answer
    if [ "$times$exit" = ever5 ]; then
        OPTIONS+=(--give-up 0.02)
    fi
    apply first
    look first
    [ ! -e out.csv ] || cp out.csv first.csv
    go_on "$retryable"
}

# ---- all of it ---------------------------------------------------------------

# for_services SERVICES: sets services, over which a line for these is tried, by
# turns: names parted by commas, "": all. SOAP v13 stands for v12 and v11, whose
# code it is.
for_services() {
    local words

    IFS=, read -ra words <<<"${1:-all}"
    mapfile -t services < <(services_of "${words[@]}")
    if [ "${ALL:-}" ]; then
        mapfile -t services < <(printf '%s\n' "${services[@]}" | grep -x "$API")
    elif [ "${#services[@]}" -gt 1 ]; then
        mapfile -t services < <(printf '%s\n' "${services[@]}" |
            grep -v 'soap-v1[12]')
    fi
}

# Writes "LINE-NUMBER FIELD..." of the lines that are tried.
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

# work FIRST: each WORKERS-th of these lines.
work() {
    local nth=0 fields

    while read -ra fields; do
        if [ $((nth++ % WORKERS)) -eq "$1" ]; then
            (try "${fields[@]}") || fail "line ${fields[*]}"
        fi
    done <lines
}

choose_lines >lines
sim_start
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
