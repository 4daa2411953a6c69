# shellcheck shell=bash
# Functions for the rows of bench/run: numbers, measuring, servers, inputs.
#
# Expects these variables: bench (this directory), bin (the built programs),
# client (bauser-batch), sim (bauser-sim), python, scratch (a directory that is
# removed at the end).
# shellcheck disable=SC2034,SC2154 # bench/run and rows.sh define or use them

fail() {
    echo "bench: $*" >&2
    exit 2
}

log() {
    echo "bench: $*" >&2
}

# ---- numbers -----------------------------------------------------------------

# calc EXPRESSION: prints the value of an expression of awk.
calc() {
    awk "BEGIN { printf \"%.6g\", $1 }"
}

# is_true CONDITION: evaluates a condition of awk.
is_true() {
    awk "BEGIN { exit !($1) }"
}

# median NUMBER...
median() {
    printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 }
        END { printf "%.6g", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# ---- measuring ---------------------------------------------------------------

# measure COMMAND...: runs a command and sets m_wall and m_cpu (seconds) and
# m_hwm (KiB). A command that fails ends the benchmark.
measure() {
    local pair
    if ! "$bin/measure" "$scratch/figures" "$@" \
        >"$scratch/stdout" 2>"$scratch/stderr"; then
        tail -n 5 "$scratch/stdout" "$scratch/stderr" >&2
        fail "the command failed: $*"
    fi
    for pair in $(<"$scratch/figures"); do
        declare -g "m_${pair%%=*}=${pair#*=}"
    done
}

# run_client URL CONCURRENCY INPUT [OPTION...]: measures a whole run and checks
# that every row was updated. Sets m_rows too.
run_client() {
    local url=$1 concurrency=$2 input=$3 output=$scratch/out.csv updated
    shift 3
    [[ $url != https:* || $* == *--cacert* ]] ||
        set -- --cacert "$scratch/certificate.pem" "$@"
    rm -f "$output"
    BAUSER_ACCESS_TOKEN=x BAUSER_DEVELOPER_TOKEN=y measure "$client" --quiet \
        --endpoint "$url" --concurrency "$concurrency" "$@" "$input" "$output"
    m_rows=$(rows_of "$input")
    updated=$(grep -c ',Updated,' "$output")
    ((updated == m_rows)) ||
        fail "only $updated of $m_rows rows of $input were updated"
}

# run_floor URL CONCURRENCY USERS
run_floor() {
    if [[ $1 == https:* ]]; then
        measure "$bin/floor" "$1" "$3" "$2" "$scratch/certificate.pem"
    else
        measure "$bin/floor" "$1" "$3" "$2"
    fi
}

# run_peer NAME URL INPUT
run_peer() {
    measure "$python" "$bench/peer_$1.py" "$2" "$3" "$scratch/out.csv"
}

# run_wrk URL CONNECTIONS SECONDS: sets wrk_rate, the requests per second of wrk
# with alternating GetUser and UpdateUser.
run_wrk() {
    wrk -t1 -c"$2" -d"$3"s -s "$bench/calls.lua" "$1" >"$scratch/wrk" 2>&1 ||
        fail "wrk failed: $(tail -n 1 "$scratch/wrk")"
    ! grep -E 'Non-2xx|Socket errors' "$scratch/wrk" >&2 ||
        fail 'the server rejected requests from wrk'
    wrk_rate=$(awk '$1 == "Requests/sec:" { print $2 }' "$scratch/wrk")
}

# ---- servers -----------------------------------------------------------------

# start_server NAME [tls] [OPTION...]: starts a server and sets url[NAME] and
# pid[NAME] to its address and process id.
declare -A url pid
start_server() {
    local name=$1 log=$scratch/server.$1
    shift
    if [[ ${1-} == tls ]]; then
        shift
        set -- -c "$scratch/certificate.pem" -k "$scratch/key.pem" "$@"
    fi
    : >"$log"
    "$bin/server" "$@" >>"$log" 2>&1 &
    pid[$name]=$!
    until [[ -s $log ]]; do
        kill -0 "${pid[$name]}" 2>/dev/null ||
            fail "the server did not start: $(<"$log")"
        sleep 0.01
    done
    url[$name]=$(head -n 1 "$log")
}

# stop_server NAME: stops a server and sets s_connections, s_requests and so on
# to its counts.
stop_server() {
    local pair
    kill "${pid[$1]}"
    wait "${pid[$1]}"
    unset "pid[$1]"
    for pair in $(tail -n 1 "$scratch/server.$1"); do
        declare -g "s_${pair%%=*}=${pair#*=}"
    done
}

# server_cpu NAME: prints the seconds of CPU that a server has used.
server_cpu() {
    awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' \
        "/proc/${pid[$1]}/stat"
}

# start_sim [OPTION...]: starts the simulator, which records the time of each call. Sets
# url[sim] to its address and control to its control address. It has the first
# 9,000 users of an input.
start_sim() {
    local log=$scratch/sim
    : >"$log"
    "$sim" --first-id 1000000000000000000 --users 1000000000 \
        --access-token x --developer-token y --latency 20 --jitter 20 "$@" \
        >>"$log" 2>&1 &
    pid[sim]=$!
    until grep -q '^control ' "$log"; do
        kill -0 "${pid[sim]}" 2>/dev/null ||
            fail "the simulator did not start: $(<"$log")"
        sleep 0.01
    done
    url[sim]=$(sed -n 's/^service //p' "$log")
    control=$(sed -n 's/^control //p' "$log")
}

stop_sim() {
    kill "${pid[sim]}"
    wait "${pid[sim]}"
    unset "pid[sim]"
}

# take_record: sets record to a file with the calls that the simulator recorded:
# the time in milliseconds, and the number of the error or 0.
take_record() {
    curl -fsS "$control/record" |
        jq -r '"\(.time_ms) \(.code // 0)"' | sort -n >"$scratch/record" ||
        fail "cannot read the simulator's record"
    record=$scratch/record
}

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -keyout "$scratch/key.pem" -out "$scratch/certificate.pem" -days 30 \
        -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null ||
        fail 'openssl could not create a certificate'
}

# ---- inputs ------------------------------------------------------------------

# make_input ROWS ROWS_PER_USER [OPTION...]: sets input to the path of such a
# file, and generates the file if it does not exist.
make_input() {
    local rows=$1 rows_per_user=$2
    shift 2
    input=$scratch/in.$rows.$rows_per_user${*//[^a-z0-9]/}.csv.gz
    [[ -e $input ]] || "$bin/gen" "$@" "$rows" "$rows_per_user" "$input" ||
        fail "cannot generate an input of $rows rows"
}

# rows_of INPUT: prints the number of rows, which is part of the file's name.
rows_of() {
    local name=${1##*/in.}
    echo "${name%%.*}"
}
