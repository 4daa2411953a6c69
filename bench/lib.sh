# shellcheck shell=bash
# Functions for the rows of bench/run: numbers, measuring, servers, inputs.
#
# Expects these variables: bench (this directory), bin (the built programs),
# client (bauser-batch), sim (bauser-sim), python, scratch (a directory that is
# removed at the end), memory (one on a memory file system), output (the OUTPUT
# of runs, in one of them).
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

# find_cores: sets client_pin and server_pin to commands that run another one on
# a core of its own: what is measured, and the server that it uses.
find_cores() {
    local list first last
    list=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
    first=${list%%[,-]*} last=${list##*[,-]}
    client_pin=() server_pin=()
    if [[ $first == "$last" ]]; then
        note 'there is one core; client and server share it'
        return
    fi
    client_pin=(taskset -c "$last") server_pin=(taskset -c "$first")
}

# measure COMMAND...: runs a command on the core of clients and sets m_wall and
# m_cpu (seconds) and m_hwm (KiB). A command that fails ends the benchmark.
measure() {
    local pair
    if ! "${client_pin[@]}" "$bin/measure" "$scratch/figures" "$@" \
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
    local url=$1 concurrency=$2 input=$3 updated
    shift 3
    [[ $url != https:* || $* == *--cacert* ]] ||
        set -- --cacert "$scratch/certificate.pem" "$@"
    rm -f "$output"
    measure "$client" --quiet --endpoint "$url" --concurrency "$concurrency" \
        "$@" "$input" "$output"
    m_rows=$(rows_of "$input")
    updated=$(grep -c ',Updated,' "$output")
    ((updated == m_rows)) ||
        fail "only $updated of $m_rows rows of $input were updated"
}

# run_floor URL CONCURRENCY USERS [-2]
run_floor() {
    set -- ${4-} "$1" "$3" "$2"
    [[ $* != *https:* ]] || set -- "$@" "$scratch/certificate.pem"
    measure "$bin/floor" "$@"
}

# run_peer NAME URL INPUT
run_peer() {
    measure "$python" "$bench/peer_$1.py" "$2" "$3" "$output"
}

# run_wrk URL CONNECTIONS SECONDS: sets wrk_rate, the requests per second of wrk
# with alternating GetUser and UpdateUser.
run_wrk() {
    "${client_pin[@]}" wrk -t1 -c"$2" -d"$3"s -s "$bench/calls.lua" "$1" >"$scratch/wrk" 2>&1 ||
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
    "${server_pin[@]}" "$bin/server" "$@" >>"$log" 2>&1 &
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
    "${server_pin[@]}" "$sim" --first-id 1000000000000000000 \
        --users 1000000000 --access-token "$BAUSER_ACCESS_TOKEN" \
        --developer-token "$BAUSER_DEVELOPER_TOKEN" --latency 20 --jitter 20 \
        "$@" >>"$log" 2>&1 &
    pid[sim]=$!
    until grep -q '^control ' "$log"; do
        kill -0 "${pid[sim]}" 2>/dev/null ||
            fail "the simulator did not start: $(<"$log")"
        sleep 0.01
    done
    url[sim]=$(sed -n 's/^service //p' "$log")
    control=$(sed -n 's/^control //p' "$log")
}

# start_nginx: starts nginx with HTTP/2 and HTTP/1.1 over TLS, and the responses
# of the plain server. Sets url[nginx].
start_nginx() {
    local user path=/CustomerManagement/v13/User port
    user=$(curl -fsS -d '{"UserId":"1000000000000000000"}' \
        "${url[plain]}$path/Query") || fail 'cannot get a response for nginx'
    start_server free && stop_server free
    port=${url[free]##*:}
    cat >"$scratch/nginx.conf" <<END
daemon off;
worker_processes 1;
pid $scratch/nginx.pid;
error_log $scratch/server.nginx;
events {}
http {
    access_log off;
    client_body_temp_path $scratch/nginx;
    default_type application/json;
    keepalive_requests 1000000000;
    large_client_header_buffers 4 16k;
    server {
        listen 127.0.0.1:$port ssl http2;
        ssl_certificate $scratch/certificate.pem;
        ssl_certificate_key $scratch/key.pem;
        location = $path/Query { return 200 '$user'; }
        location = $path { return 200 '{"LastModifiedTime":"2026-01-02T03:04:05.678"}'; }
    }
}
END
    "${server_pin[@]}" nginx -p "$scratch" -c "$scratch/nginx.conf" \
        2>"$scratch/server.nginx" &
    pid[nginx]=$!
    url[nginx]=https://127.0.0.1:$port
    until curl -sk -o "$scratch/stdout" "${url[nginx]}"; do
        kill -0 "${pid[nginx]}" 2>/dev/null ||
            fail "nginx did not start: $(<"$scratch/server.nginx")"
        sleep 0.01
    done
}

stop_nginx() {
    kill "${pid[nginx]}"
    wait "${pid[nginx]}"
    unset "pid[nginx]"
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
