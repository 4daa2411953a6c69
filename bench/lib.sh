# shellcheck shell=bash
# What the rows of bench/run are made of: numbers, measuring, servers, inputs.
#
# Expects: bench (this folder), bin (the built programs), client (bauser-batch),
# sim (bauser-sim), python, scratch (a folder that goes away at the end).
# shellcheck disable=SC2034,SC2154 # bench/run and rows.sh have the others

fail() {
    echo "bench: $*" >&2
    exit 2
}

say() {
    echo "bench: $*" >&2
}

# ---- numbers -----------------------------------------------------------------

# calc EXPRESSION: its value, in awk's arithmetic.
calc() {
    awk "BEGIN { printf \"%.6g\", $1 }"
}

# holds CONDITION: true where it holds, in awk's arithmetic.
holds() {
    awk "BEGIN { exit !($1) }"
}

# median NUMBER...
median() {
    printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 }
        END { printf "%.6g", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# ---- measuring ---------------------------------------------------------------

# measure COMMAND...: runs it and sets m_wall and m_cpu (seconds) and m_hwm
# (KiB). A command that fails ends the bench.
measure() {
    local pair
    if ! "$bin/measure" "$scratch/figures" "$@" \
        >"$scratch/stdout" 2>"$scratch/stderr"; then
        tail -n 5 "$scratch/stdout" "$scratch/stderr" >&2
        fail "this failed: $*"
    fi
    for pair in $(<"$scratch/figures"); do
        declare -g "m_${pair%%=*}=${pair#*=}"
    done
}

# run_client URL CONCURRENCY INPUT [OPTION...]: measures a whole run and sees to
# it that every row was updated. Sets m_rows besides.
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
        fail "of $m_rows rows of $input only $updated were updated"
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

# run_wrk URL CONNECTIONS SECONDS: sets wrk_rate, the requests a second that it
# gets out of a server with GetUser and UpdateUser in turn.
run_wrk() {
    wrk -t1 -c"$2" -d"$3"s -s "$bench/calls.lua" "$1" >"$scratch/wrk" 2>&1 ||
        fail "wrk failed: $(tail -n 1 "$scratch/wrk")"
    ! grep -E 'Non-2xx|Socket errors' "$scratch/wrk" >&2 ||
        fail 'the server refused requests of wrk'
    wrk_rate=$(awk '$1 == "Requests/sec:" { print $2 }' "$scratch/wrk")
}

# ---- servers -----------------------------------------------------------------

# start_server NAME [tls] [OPTION...]: a server, whose address is then in
# url[NAME] and whose process id is in pid[NAME].
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
        kill -0 "${pid[$name]}" 2>/dev/null || fail "no server: $(<"$log")"
        sleep 0.01
    done
    url[$name]=$(head -n 1 "$log")
}

# stop_server NAME: what it has counted is then in s_connections, s_requests and
# so on.
stop_server() {
    local pair
    kill "${pid[$1]}"
    wait "${pid[$1]}"
    unset "pid[$1]"
    for pair in $(tail -n 1 "$scratch/server.$1"); do
        declare -g "s_${pair%%=*}=${pair#*=}"
    done
}

# server_cpu NAME: the seconds of CPU it has used up to now.
server_cpu() {
    awk -v tick="$(getconf CLK_TCK)" '{ print ($14 + $15) / tick }' \
        "/proc/${pid[$1]}/stat"
}

# start_sim: the simulator, which keeps a record of when each call came; its
# address is then in url[sim], that of its control in control. The users are
# the first 9,000 of an input.
start_sim() {
    local log=$scratch/sim
    : >"$log"
    "$sim" --first-id 1000000000000000000 --users 1000000000 \
        --access-token x --developer-token y --latency 20 --jitter 20 \
        >>"$log" 2>&1 &
    pid[sim]=$!
    until grep -q '^control ' "$log"; do
        kill -0 "${pid[sim]}" 2>/dev/null || fail "no simulator: $(<"$log")"
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

# take_record: the calls that the simulator got, into the file record: when each
# one came, in milliseconds, and the number of its error, 0 where it has none.
take_record() {
    curl -fsS "$control/record" |
        jq -r '"\(.time_ms) \(.code // 0)"' | sort -n >"$scratch/record" ||
        fail "the simulator's record can't be read"
    record=$scratch/record
}

make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -keyout "$scratch/key.pem" -out "$scratch/certificate.pem" -days 30 \
        -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null ||
        fail 'openssl made no certificate'
}

# ---- inputs ------------------------------------------------------------------

# make_input ROWS ROWS_A_USER [OPTION...]: sets input to the path of such a
# file, made where it isn't there yet.
make_input() {
    local rows=$1 a_user=$2
    shift 2
    input=$scratch/in.$rows.$a_user${*//[^a-z0-9]/}.csv.gz
    [[ -e $input ]] || "$bin/gen" "$@" "$rows" "$a_user" "$input" ||
        fail "no input of $rows rows"
}

# rows_of INPUT: the number that make_input put into its name.
rows_of() {
    local name=${1##*/in.}
    echo "${name%%.*}"
}
