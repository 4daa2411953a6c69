# shellcheck shell=bash
# Functions for the scenarios. A scenario begins with its sentence, and then
# sources this file:
#
#     . "${0%/*}/../lib.sh"
#
# It works in its own scratch directory. A command that fails ends it.
#
# A scenario runs for REST. With a line "# services: NAME..." after its
# sentence, it runs for each of these services. A line "# acceptance: NAME..."
# after that names the services for make acceptance. services.sh explains the
# names. API=NAME bash SCENARIO runs it for one service.

set -eEu -o pipefail
trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND" >&2' ERR
trap clean_up EXIT

TESTS=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
BAUSER_BATCH=${BAUSER_BATCH:-${TESTS%/*}/bauser-batch}
BAUSER_SIM=${BAUSER_SIM:-${TESTS%/*}/bauser-sim}
FAST_CLOCK_LIBRARY=${FAST_CLOCK_LIBRARY:-${TESTS%/*}/build/release/fast_clock.so}
PYTHON=${PYTHON:-python3}
SERVICE='' CONTROL=''
SIMS=()
declare -A CONTROLS # control addresses by process id

# services.sh: the differences between the services.
. "$TESTS/services.sh"
. "$TESTS/patience.sh"
. "$TESTS/control.sh"
use_service "${API:-rest}"

# id NUMBER: prints the Id of that user of the simulator. ${U}NN is the same for
# 01 to 99.
id() {
    # shellcheck disable=SC2059 # the service's own form
    printf "$ID_FORM\n" "$1"
}

# user_row NUMBER CELLS: prints the row of that user. Unlike $(id NUMBER), it
# starts no process; a long input would need thousands of them.
user_row() {
    # shellcheck disable=SC2059 # the service's own form
    printf "$ID_FORM,%s\n" "$1" "$2"
}

# respelt ID: prints another spelling of the Id.
respelt() {
    case $API in
    partner-center) echo "${1^^}" ;;
    *) echo "0$1" ;;
    esac
}

export LC_ALL=C.UTF-8
# No variable or configuration file of the caller counts.
for variable in ${!BAUSER_@}; do
    case $variable in
    BAUSER_BATCH | BAUSER_SIM | BAUSER_PLAIN) export -n "${variable?}" ;;
    *) unset "$variable" ;;
    esac
done
unset SSL_CERT_FILE {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY
export XDG_CONFIG_HOME=/dev/null # no directory
export BAUSER_ACCESS_TOKEN=sim-access-token
export BAUSER_DEVELOPER_TOKEN=sim-developer-token

# Without tests/run, a scenario creates its own scratch directory.
if [ -z "${SCRATCH:-}" ]; then
    own_scratch=$(mktemp -d)
    cd "$own_scratch"
fi

SCRATCH_PLACE=$PWD

# Validates the summaries. Ends the simulators, which must have run without an error.
clean_up() {
    local status=$? sim

    trap - ERR
    if [ -s "$SCRATCH_PLACE/.summaries" ]; then
        "$PYTHON" -EB "$TESTS/oracle/check_schema.py" \
            "${TESTS%/*}/docs/summary.schema.json" \
            "$SCRATCH_PLACE/.summaries" || status=1
    fi
    for sim in "${SIMS[@]}"; do
        if kill -0 "$sim" 2>/dev/null; then
            check_envelopes "${CONTROLS[$sim]:-}" || status=1
        fi
        kill "$sim" 2>/dev/null || true
        wait "$sim" || status=1
    done
    if [ -s sim.err ]; then
        sed 's/^/bauser-sim: /' sim.err
        status=1
    fi
    if [ -n "${own_scratch:-}" ]; then
        rm -rf "$own_scratch"
    fi
    exit "$status"
}

fail() {
    printf '%s\n' "$*"
    [ ! -s err ] || sed 's/^/stderr: /' err
    exit 1
}

# ---- the programs -----------------------------------------------------------

# sim_start [OPTION...]: starts a simulator. Sets SERVICE and CONTROL to its
# addresses, and PROGRAM to the words of a command that uses it.
sim_start() {
    rm -f addresses
    mkfifo addresses
    case $API in
    soap-*) set -- --record-bodies "$@" ;; # for check_envelopes
    esac
    "$BAUSER_SIM" --exit-with-parent --strict "$@" >addresses 2>>sim.err &
    SIMS+=($!)
    { read -r _ SERVICE && read -r _ CONTROL; } <addresses ||
        fail "the simulator did not start"
    CONTROLS[$!]=$CONTROL
    rm addresses
    # shellcheck disable=SC2034 # for the scenarios
    PROGRAM=("$BAUSER_BATCH" "${API_OPTIONS[@]}" --endpoint "$SERVICE")
}

# check_summaries STATUS ARGUMENT...: a run with these arguments has ended. Its
# summary, if it left one beside OUTPUT, agrees with the results.
check_summaries() {
    local word file

    for word in "${@:2}"; do
        for file in "$word.summary.json" "$word.part.summary.json"; do
            [ "$file" -nt "$SCRATCH_PLACE/.run.began" ] || continue
            "$PYTHON" -ESB "$TESTS/oracle/check_summary.py" "$file" "$1" ||
                fail "a wrong summary: bauser-batch ${*:2}"
        done
    done
}

# run STATUS ARGUMENT...: runs the program, with the simulator if there is one.
# Its output goes to the files out and err.
run() {
    local wanted=$1 status=0

    shift
    : >"$SCRATCH_PLACE/.run.began"
    LD_PRELOAD=${PRELOAD:-} "$BAUSER_BATCH" "${API_OPTIONS[@]}" \
        ${SERVICE:+--endpoint "$SERVICE"} "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status instead of $wanted: bauser-batch $*"
    check_summaries "$status" "$@"
}

# fast_clock TIMES run STATUS ARGUMENT...: the same with a faster clock. With
# 60, a second of the simulator is a minute for the program. AddressSanitizer
# must accept that another library is preloaded before it.
fast_clock() {
    [ -e "$FAST_CLOCK_LIBRARY" ] ||
        fail "there is no $FAST_CLOCK_LIBRARY: make build-tests"
    (
        export FAST_CLOCK=$1 PRELOAD=$FAST_CLOCK_LIBRARY
        export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
        "${@:2}"
    )
}

# use_refresh_token [TOKEN]: the following runs sign in with a refresh token in
# the file token.
use_refresh_token() {
    (umask 077 && echo "${1:-sim-refresh-token}" >token)
    export BAUSER_ACCESS_TOKEN='' BAUSER_CLIENT_ID=sim-client
    export BAUSER_REFRESH_TOKEN_FILE=$PWD/token
    export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
}

# wait_until COMMAND...: waits until the command succeeds, for at most 30
# seconds on a machine that is neither slow nor busy.
wait_until() {
    local started=$SECONDS

    until ("$@") >wait.out 2>&1; do
        patience 30
        [ $((SECONDS - started)) -lt "$PATIENCE" ] ||
            fail "not true after $PATIENCE s: $* ($(cat wait.out))"
        sleep 0.05
    done
}

# ---- the state of the simulator ---------------------------------------------

# faults RULE...: replaces the fault rules.
faults() {
    local IFS=,

    control faults -X DELETE >fault.response
    control faults -d "[$*]" >fault.response
}

# limits [LIMIT...]: replaces the limits of the service.
limits() {
    local list=

    [ "$#" -eq 0 ] || printf -v list ',"%s"' "$@"
    control limits -X PUT -d "[${list:1}]" >limit.response
}

# check_envelopes CONTROL: every envelope that this simulator received is valid.
# If ENVELOPES is set, the record is appended to that file, to be checked later.
check_envelopes() {
    [[ $API == soap-* && -n $1 ]] || return 0
    CONTROL=$1 control record | {
        if [ -n "${ENVELOPES:-}" ]; then
            cat >>"$ENVELOPES"
        else
            "$PYTHON" -ESB "$TESTS/soap/check.py"
        fi
    }
}

forget_calls() {
    check_envelopes "$CONTROL"
    control record -X DELETE >forget.response
}

# expect_counts NAME=N 'NAME<=N' 'NAME>=N'...: compares the simulator's counts.
expect_counts() {
    local wish counts number

    counts=$(control counts)
    for wish; do
        [[ $counts =~ \"${wish%%[<>=]*}\":([0-9]+) ]]
        number=${BASH_REMATCH[1]}
        case $wish in
        *'<='*) [ "$number" -le "${wish#*=}" ] ;;
        *'>='*) [ "$number" -ge "${wish#*=}" ] ;;
        *=*) [ "$number" -eq "${wish#*=}" ] ;;
        *) false ;;
        esac || fail "the simulator has $number, not $wish: $counts"
    done
}

# users FIRST-NN COUNT: prints users of the simulator, one on each line.
users() {
    control "users?first=$(id "$((10#$1))")&count=$2"
}

# member NN FILTER: applies a jq filter to a user as the simulator stores it.
member() {
    control "users/$(id "$((10#$1))")" | jq -c "$2"
}

# object FILTER: prints the JSON object that a jq filter creates, as in
# object "$TITLE_PATH = \"Baker\""
object() {
    jq -nc "$1"
}

# write_user NN FILTER: writes the members of that object, as another program
# does.
write_user() {
    control "users/$(id "$((10#$1))")" -X PATCH -d "$(object "$2")" >write.response
}

# modified NN: prints the expected time of an update in the result: the user's
# LastModifiedTime, or the Date of the response.
modified() {
    local user

    user=$(id "$((10#$1))")
    case $API in
    partner-center)
        control record | jq -r "select(.applied and .id == \"$user\") | .date" |
            tail -n 1 | date -u -f - +%Y-%m-%dT%H:%M:%SZ
        ;;
    *) member "$1" .LastModifiedTime | tr -d '"' ;;
    esac
}

# expect_user NN FILTER JSON: compares a part of a user.
expect_user() {
    local found

    found=$(member "$1" "$2")
    [ "$found" = "$3" ] || fail "user $1 has $2 $found instead of $3"
}

# ---- files and text ---------------------------------------------------------

# expect_file FILE: its content is that of standard input.
expect_file() {
    diff -u - "$1" || fail "$1 is not as expected"
}

# expect_stderr TEXT...: the messages of the last run contain each text.
expect_stderr() {
    local text messages

    mapfile -d '' messages <err
    for text; do
        [[ ${messages[0]:-} == *"$text"* ]] ||
            fail "not on standard error: $text"
    done
}

# expect_none PATTERN FILE...: no line of the files matches.
expect_none() {
    ! grep -E -- "$@" || fail "there must be no $1 in ${*:2}"
}

# expect_no_file FILE...: none of them exists.
expect_no_file() {
    local file

    for file; do
        [ ! -e "$file" ] || fail "$file exists"
    done
}

# columns FILE NAME...: prints these columns of a CSV file, separated by "|".
columns() {
    "$PYTHON" -ESB "$TESTS/oracle/columns.py" "$@"
}

# expect_columns FILE NAME...: their cells are those of standard input.
expect_columns() {
    local found=columns.found

    columns "$@" >"$found"
    diff -u - "$found" || fail "$1: ${*:2} are not as expected"
}

# ---- the oracle -------------------------------------------------------------

# users_before NN COUNT: stores that many users, from NN on, before a run.
users_before() {
    range=("$@")
    users "$@" >before.users
}

# expect_run INPUT RESULT [MODE [WINDOW]]: since users_before, the run made
# exactly the changes that INPUT requests, and RESULT reports them.
expect_run() {
    users "${range[@]}" >after.users
    control applied >applied.users
    case $API in
    partner-center) control record >calls.record ;;
    *) : >calls.record ;; # its users have LastModifiedTime
    esac
    "$PYTHON" -ESB "$TESTS/oracle/expect_run.py" "${3:-apply}" \
        "${4:-100000}" "$1" "$2" || fail "not as the oracle computes it: $1, $2"
}
