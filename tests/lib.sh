# shellcheck shell=bash
# Helpers for the scenarios. A scenario begins with its sentence, then:
#
#     . "${0%/*}/../lib.sh"
#
# and works in a scratch directory of its own. Any command that fails ends it.
#
# It runs against REST, or with "# services: NAME..." after its sentence against
# each of these; "# acceptance: all", in a line after that, names those that it
# can run against and does in make acceptance. See services.sh for the names;
# API=NAME bash SCENARIO runs it against that one.

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
declare -A CONTROLS # of SIMS

# What differs between the services: Ids, columns, codes.
. "$TESTS/services.sh"
. "$TESTS/patience.sh"
. "$TESTS/control.sh"
use_service "${API:-rest}"

# The Id of the simulator's user with that number; ${U}NN is that of 01 to 99.
id() {
    # shellcheck disable=SC2059 # the service's own form
    printf "$ID_FORM\n" "$1"
}

# user_row NUMBER CELLS: that user's row. Unlike $(id NUMBER), it starts no
# process, of which an input would take thousands.
user_row() {
    # shellcheck disable=SC2059 # the service's own form
    printf "$ID_FORM,%s\n" "$1" "$2"
}

# The same Id, spelt in another way.
respelt() {
    case $API in
    partner-center) echo "${1^^}" ;;
    *) echo "0$1" ;;
    esac
}

export LC_ALL=C.UTF-8
unset ${!BAUSER_ACCESS_*} ${!BAUSER_DEVELOPER_*} ${!BAUSER_APPLICATION_*} \
    ${!BAUSER_USERNAME*} ${!BAUSER_PASSWORD*} SSL_CERT_FILE \
    {http,https,all,no}_proxy {HTTP,HTTPS,ALL,NO}_PROXY
export BAUSER_ACCESS_TOKEN=sim-access-token
export BAUSER_DEVELOPER_TOKEN=sim-developer-token

# Alone, without tests/run around it, a scenario makes its own scratch directory.
if [ -z "${SCRATCH:-}" ]; then
    own_scratch=$(mktemp -d)
    cd "$own_scratch"
fi

# Ends the simulators, which must have run well to their end, too.
clean_up() {
    local status=$? sim

    trap - ERR
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

# Starts a simulator with these options; sets SERVICE, CONTROL, and PROGRAM, the
# words of the program's command against it.
sim_start() {
    rm -f addresses
    mkfifo addresses
    case $API in
    soap-*) set -- --record-bodies "$@" ;; # for check_envelopes
    esac
    "$BAUSER_SIM" --exit-with-parent "$@" >addresses 2>>sim.err &
    SIMS+=($!)
    { read -r _ SERVICE && read -r _ CONTROL; } <addresses ||
        fail "the simulator did not start"
    CONTROLS[$!]=$CONTROL
    rm addresses
    # shellcheck disable=SC2034 # for the scenarios
    PROGRAM=("$BAUSER_BATCH" "${API_OPTIONS[@]}" --endpoint "$SERVICE")
}

# run STATUS ARGUMENT...: the program against the simulator, if there is one;
# what it writes goes to the files out and err.
run() {
    local wanted=$1 status=0

    shift
    LD_PRELOAD=${PRELOAD:-} "$BAUSER_BATCH" "${API_OPTIONS[@]}" \
        ${SERVICE:+--endpoint "$SERVICE"} "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] ||
        fail "exit status $status instead of $wanted: bauser-batch $*"
}

# fast_clock TIMES run STATUS ARGUMENT...: the same with a clock so much faster.
# A simulator's window of a second is a minute of the program then. What a
# sanitizer takes is found behind what is preloaded.
fast_clock() {
    [ -e "$FAST_CLOCK_LIBRARY" ] ||
        fail "there is no $FAST_CLOCK_LIBRARY: make build-tests"
    (
        export FAST_CLOCK=$1 PRELOAD=$FAST_CLOCK_LIBRARY
        export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
        "${@:2}"
    )
}

# use_refresh_token [TOKEN]: from now on it signs in, kept in the file token.
use_refresh_token() {
    (umask 077 && echo "${1:-sim-refresh-token}" >token)
    export BAUSER_ACCESS_TOKEN='' BAUSER_CLIENT_ID=sim-client
    export BAUSER_REFRESH_TOKEN_FILE=$PWD/token
    export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
}

# wait_until COMMAND...: until it succeeds; at most 30 seconds, on a machine that
# is neither slow nor busy.
wait_until() {
    local started=$SECONDS

    until ("$@") >wait.out 2>&1; do
        patience 30
        [ $((SECONDS - started)) -lt "$PATIENCE" ] ||
            fail "still not so after $PATIENCE s: $* ($(cat wait.out))"
        sleep 0.05
    done
}

# ---- what is on the simulator's side ----------------------------------------

# faults RULE...: in place of the earlier ones.
faults() {
    local IFS=,

    control faults -X DELETE >fault.answer
    control faults -d "[$*]" >fault.answer
}

# check_envelopes CONTROL: every envelope that came to that simulator is valid.
# Where ENVELOPES is set, its record goes to that file, to be checked later.
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
    control record -X DELETE >forget.answer
}

# expect_counts NAME=N 'NAME<=N' 'NAME>=N'...: so the simulator counts.
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

# The users of the simulator, one a line: users FIRST-NN COUNT
users() {
    control "users?first=$(id "$((10#$1))")&count=$2"
}

# member NN FILTER: what jq finds in a user as the simulator holds it.
member() {
    control "users/$(id "$((10#$1))")" | jq -c "$2"
}

# object FILTER: the JSON object that jq makes by it of nothing:
# object "$TITLE_PATH = \"Baker\""
object() {
    jq -nc "$1"
}

# write_user NN FILTER: as another program does; what is in that object.
write_user() {
    control "users/$(id "$((10#$1))")" -X PATCH -d "$(object "$2")" >write.answer
}

# modified NN: what the result of an update says of when it was: the user's
# LastModifiedTime, or the Date of the answer.
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

# expect_user NN FILTER JSON
expect_user() {
    local found

    found=$(member "$1" "$2")
    [ "$found" = "$3" ] || fail "user $1 has $2 $found instead of $3"
}

# ---- files and text ---------------------------------------------------------

# expect_file FILE: it holds just what standard input brings.
expect_file() {
    diff -u - "$1" || fail "$1 is not as expected"
}

# expect_stderr TEXT...: the last run has written each of these.
expect_stderr() {
    local text messages

    mapfile -d '' messages <err
    for text; do
        [[ ${messages[0]:-} == *"$text"* ]] ||
            fail "not said on standard error: $text"
    done
}

# expect_none PATTERN FILE...: no line of them matches.
expect_none() {
    ! grep -E -- "$@" || fail "there must be no $1 in ${*:2}"
}

# expect_no_file FILE...
expect_no_file() {
    local file

    for file; do
        [ ! -e "$file" ] || fail "$file is there"
    done
}

# columns FILE NAME...: these columns of a CSV file, parted by "|".
columns() {
    "$PYTHON" -ESB "$TESTS/oracle/columns.py" "$@"
}

# expect_columns FILE NAME...: their cells are what standard input brings.
expect_columns() {
    local found=columns.found

    columns "$@" >"$found"
    diff -u - "$found" || fail "$1: ${*:2} are not as expected"
}

# ---- the oracle -------------------------------------------------------------

# Remembers COUNT users, from NN on, as they are before a run.
users_before() {
    range=("$@")
    users "$@" >before.users
}

# expect_run INPUT RESULT [MODE [WINDOW]]: since users_before, the run did to
# those users just what INPUT asks for, and RESULT says so.
expect_run() {
    users "${range[@]}" >after.users
    control applied >applied.users
    case $API in
    partner-center) control record >calls.record ;;
    *) : >calls.record ;; # users say themselves when they were written
    esac
    "$PYTHON" -ESB "$TESTS/oracle/expect_run.py" "${3:-apply}" \
        "${4:-100000}" "$1" "$2" || fail "not as the oracle has it: $1, $2"
}
