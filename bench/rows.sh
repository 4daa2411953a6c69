# shellcheck shell=bash
# The rows of the table that bench/run prints. row_NAME measures one of them and
# calls row. The two sides of a comparison take turns, and the ratio is the
# median of the ratios of neighbouring runs. A machine that becomes slower thus
# affects both sides.
#
# Expects the variables and functions of bench/lib.sh and bench/run.
# shellcheck disable=SC2154 # they are set there

# find_limits: prints the speed of the servers alone, and of the floor on them.
find_limits() {
    local name before
    for name in plain tls; do
        start_server "$name" ${name/plain/}
        run_wrk "${url[$name]}" 64 2
        before=$(server_cpu "$name")
        run_floor "${url[$name]}" 64 "$users"
        printf '%s\n' "server, $name: $(printf '%.0f' "$wrk_rate") requests/s\
 with wrk; floor: $(printf '%.1f' "$(calc "$m_cpu * 1e6 / $users")") us of CPU\
 per user, $(printf '%.0f' "$(calc "$users / $m_wall")") users/s, the server\
 $(printf '%.0f' "$(calc "($(server_cpu "$name") - $before) / $m_wall * 100")")\
 % busy"
    done
}

# note_server NAME SHARE: adds a note if the server had no time left.
note_server() {
    is_true "$2 < 0.95" ||
        note "$1: the server was busy $(calc "int($2 * 100)") % of the time,\
 so it limits the users/s, not the client"
}

us_per_user() {
    printf '%.1f us' "$(calc "$1 * 1e6 / $2")"
}

rate() {
    printf '%.0f %s/s' "$1" "$2"
}

mib() {
    printf '%.1f MiB' "$(calc "$1 / 1024")"
}

# plain_rows WHAT BINDING
plain_rows() {
    local i before cpu=() speed=() own=() own_speed=() floor=() floor_speed=() \
        busy=()
    make_input "$users" 1
    for ((i = 0; i < 2 * runs + 1; i++)); do
        run_floor "${url[plain]}" 64 "$users"
        floor+=("$m_cpu")
        floor_speed+=("$(calc "$users / $m_wall")")
        before=$(server_cpu plain)
        run_client "${url[plain]}" 64 "$input"
        own+=("$m_cpu")
        own_speed+=("$(calc "$users / $m_wall")")
        busy+=("$(calc "($(server_cpu plain) - $before) / $m_wall")")
        cpu+=("$(calc "$m_cpu / ${floor[i]}")")
        speed+=("$(calc "$users / $m_wall / ${floor_speed[i]}")")
    done
    row "CPU per user, $1" \
        "$(us_per_user "$(median "${own[@]}")" "$users")" \
        "floor $(us_per_user "$(median "${floor[@]}")" "$users")" \
        "$(median "${cpu[@]}")" '<=' 1.5 "$2"
    row "speed, $1" \
        "$(rate "$(median "${own_speed[@]}")" users)" \
        "floor $(rate "$(median "${floor_speed[@]}")" users)" \
        "$(median "${speed[@]}")" '>=' 0.65 "$2"
    note_server "$1" "$(median "${busy[@]}")"
}

row_plain() {
    plain_rows 'plain, 64 in flight' yes
}

# The same with OUTPUT and its journal on a disk, or whatever contains TMPDIR.
row_disk() {
    local output=$scratch/out.csv
    plain_rows "OUTPUT on $(df --output=fstype "$scratch" | tail -n 1)" no
}

# All files that a run can write besides OUTPUT and its journal. No row fails, so
# that the file of --failed is empty, but INPUT is read again for it.
row_outputs() {
    local i ratio=() plain=() own=() files=$memory/outputs
    make_input "$users" 1
    for ((i = 0; i < runs; i++)); do
        run_client "${url[plain]}" 64 "$input" --no-summary
        plain+=("$m_cpu")
        rm -f "$files".*
        run_client "${url[plain]}" 64 "$input" --undo "$files.undo.csv" \
            --failed "$files.failed.csv" --metrics "$files.prom" \
            --report "$files.html" --report-values --log-file "$files.log"
        own+=("$m_cpu")
        ratio+=("$(calc "${own[i]} / ${plain[i]}")")
    done
    rm -f "$files".*
    row 'CPU per user, all outputs, 64 in flight' \
        "$(us_per_user "$(median "${own[@]}")" "$users")" \
        "OUTPUT alone $(us_per_user "$(median "${plain[@]}")" "$users")" \
        "$(median "${ratio[@]}")" '<=' 1.25 yes
}

row_tls() {
    local i ratio=() plain=() tls=() floor=() floor_ratio=()
    make_input "$users" 1
    for ((i = 0; i < runs; i++)); do
        run_floor "${url[tls]}" 64 "$users"
        floor+=("$m_cpu")
        run_client "${url[plain]}" 64 "$input"
        plain+=("$m_cpu")
        run_client "${url[tls]}" 64 "$input"
        tls+=("$m_cpu")
        ratio+=("$(calc "${tls[i]} / ${plain[i]}")")
        floor_ratio+=("$(calc "${tls[i]} / ${floor[i]}")")
    done
    row 'CPU per user, TLS, 64 in flight' \
        "$(us_per_user "$(median "${tls[@]}")" "$users")" \
        "plain $(us_per_user "$(median "${plain[@]}")" "$users")" \
        "$(median "${ratio[@]}")" '<=' 1.7 no
    row 'CPU per user, TLS, 64 in flight' \
        "$(us_per_user "$(median "${tls[@]}")" "$users")" \
        "floor $(us_per_user "$(median "${floor[@]}")" "$users")" \
        "$(median "${floor_ratio[@]}")" '<=' 1.3 no
}

# http2_row CONCURRENCY: compares the floor over HTTP/2 with HTTP/1.1.
http2_row() {
    local i ratio=() old=() new=()
    for ((i = 0; i < runs; i++)); do
        run_floor "${url[nginx]}" "$1" "$users"
        old+=("$m_cpu")
        run_floor "${url[nginx]}" "$1" "$users" -2
        new+=("$m_cpu")
        ratio+=("$(calc "${new[i]} / ${old[i]}")")
    done
    report "floor with HTTP/2, CPU per user, $1 in flight" \
        "$(us_per_user "$(median "${new[@]}")" "$users")" \
        "HTTP/1.1 $(us_per_user "$(median "${old[@]}")" "$users")" \
        "$(median "${ratio[@]}")"
}

# Only the floor: bauser-batch uses HTTP/1.1, because one broken connection of
# HTTP/2 would make the outcome of every update in flight unknown.
row_http2() {
    command -v nginx >/dev/null ||
        { note 'http2: omitted; nginx is not installed' && return; }
    start_nginx
    http2_row 64
    http2_row 256
    stop_nginx
}

# api_row API GOAL BINDING [OPTION...]: compares the CPU per user of a service
# with REST's. The options are passed to make_input for the service's file.
api_row() {
    local i api=$1 goal=$2 binds=$3 rest_input ratio=() rest=() own=()
    shift 3
    make_input "$users" 1
    rest_input=$input
    make_input "$users" 1 "$@"
    for ((i = 0; i < runs; i++)); do
        run_client "${url[plain]}" 64 "$rest_input"
        rest+=("$m_cpu")
        run_client "${url[plain]}" 64 "$input" --api "$api" "${api_options[@]}"
        own+=("$m_cpu")
        ratio+=("$(calc "${own[i]} / ${rest[i]}")")
    done
    row "CPU per user, $api, 64 in flight" \
        "$(us_per_user "$(median "${own[@]}")" "$users")" \
        "REST $(us_per_user "$(median "${rest[@]}")" "$users")" \
        "$(median "${ratio[@]}")" '<=' "$goal" "$binds"
}

row_soap() {
    local api_options=()
    api_row soap-v13 1.6 yes
}

row_partner() {
    local api_options=(--customer-id eebd1b55-5360-4438-a11d-5c06918c3014)
    api_row partner-center 1.2 no -p
}

# The CPU for a connection is the difference between a run over TLS and a plain
# run, divided by 64. Each of the 64 users has a connection of its own, because
# no connection becomes free before all are open (latency). The difference
# includes reading the bundle once.
row_bundle() {
    local i system=/etc/ssl/certs/ca-certificates.crt ratio=() one=() all=() \
        plain both=$scratch/both.pem
    [[ -r $system ]] || fail "$system is missing: 'make bench' installs it"
    cat "$system" "$scratch/certificate.pem" >"$both"
    start_server slow -l 50
    start_server slow_tls tls -l 50
    make_input 64 1
    for ((i = 0; i < runs; i++)); do
        run_client "${url[slow]}" 64 "$input"
        plain=$m_cpu
        run_client "${url[slow_tls]}" 64 "$input"
        one+=("$(calc "($m_cpu - $plain) / 64")")
        run_client "${url[slow_tls]}" 64 "$input" --cacert "$both"
        all+=("$(calc "($m_cpu - $plain) / 64")")
        ratio+=("$(calc "${all[i]} / ${one[i]}")")
    done
    stop_server slow
    stop_server slow_tls
    row "CPU of a new connection, the system's CA bundle" \
        "$(us_per_user "$(median "${all[@]}")" 1)" \
        "one certificate $(us_per_user "$(median "${one[@]}")" 1)" \
        "$(median "${ratio[@]}")" '<=' 2 no
}

# peer_row NAME SIDE USERS GOAL BINDING: both sides use a short access token, as
# the goals assume.
peer_row() {
    local i ratio=() own=() peer=()
    local -x BAUSER_ACCESS_TOKEN=x
    make_input "$3" 1
    for ((i = 0; i < runs; i++)); do
        run_peer "$1" "${url[plain]}" "$input"
        peer+=("$(calc "$3 / $m_wall")")
        run_client "${url[plain]}" 64 "$input"
        own+=("$(calc "$3 / $m_wall")")
        ratio+=("$(calc "${own[i]} / ${peer[i]}")")
    done
    row "speed against Python $1" "$(rate "$(median "${own[@]}")" users)" \
        "$2 $(rate "$(median "${peer[@]}")" users)" \
        "$(median "${ratio[@]}")" '>=' "$4" "$5"
}

row_aiohttp() {
    peer_row aiohttp '64 tasks' $((users / 2)) 10 yes
}

row_requests() {
    peer_row requests '16 threads' $((users / 5)) 20 no
}

# With 64 calls in flight, 50 ms and two calls per user, 640 users/s is the
# maximum.
row_latency50() {
    local i share=() own=() floor=() cpu=() limit=640
    start_server slow -l 50
    make_input $((limit * seconds)) 1
    for ((i = 0; i < (runs < 3 ? runs : 3); i++)); do
        run_floor "${url[slow]}" 64 $((limit * seconds))
        floor+=("$m_cpu")
        run_client "${url[slow]}" 64 "$input"
        own+=("$m_cpu")
        share+=("$(calc "$m_rows / $m_wall / $limit")")
        cpu+=("$(calc "${own[i]} / ${floor[i]}")")
    done
    stop_server slow
    row 'speed at 50 ms, 64 in flight' \
        "$(rate "$(calc "$(median "${share[@]}") * $limit")" users)" \
        "limit $(rate $limit users)" "$(median "${share[@]}")" '>=' 0.97 yes
    row 'CPU per user at 50 ms, 64 in flight' \
        "$(us_per_user "$(median "${own[@]}")" $((limit * seconds)))" \
        "floor $(us_per_user "$(median "${floor[@]}")" $((limit * seconds)))" \
        "$(median "${cpu[@]}")" '<=' 1.05 no
}

row_latency5() {
    local i ratio=() own=() floor=()
    start_server fast -l 5
    make_input "$users" 1
    for ((i = 0; i < runs; i++)); do
        run_floor "${url[fast]}" 256 "$users"
        floor+=("$(calc "$users / $m_wall")")
        run_client "${url[fast]}" 256 "$input"
        own+=("$(calc "$users / $m_wall")")
        ratio+=("$(calc "${own[i]} / ${floor[i]}")")
    done
    stop_server fast
    row 'speed at 5 ms, 256 in flight' \
        "$(rate "$(median "${own[@]}")" users)" \
        "floor $(rate "$(median "${floor[@]}")" users)" \
        "$(median "${ratio[@]}")" '>=' 0.9 no
}

# check INPUT: runs --check, which needs no credentials.
check() {
    measure "$client" --quiet --check "$1"
}

# No server is needed, and zcat and wc need two cores.
row_check() {
    local i zcat_ratio=() python_ratio=() own=() zcat=() reader=()
    # shellcheck disable=SC2034 # for measure
    local client_pin=()
    make_input "$check_rows" 1
    for ((i = 0; i < runs; i++)); do
        # shellcheck disable=SC2016 # $1 is the inner shell's
        measure sh -c 'zcat "$1" | wc -l' sh "$input"
        zcat+=("$(calc "$check_rows / $m_wall")")
        check "$input"
        own+=("$(calc "$check_rows / $m_wall")")
        measure "$python" "$bench/peer_read.py" "$input"
        reader+=("$(calc "$check_rows / $m_wall")")
        zcat_ratio+=("$(calc "${own[i]} / ${zcat[i]}")")
        python_ratio+=("$(calc "${own[i]} / ${reader[i]}")")
    done
    row "--check of $check_rows rows" "$(rate "$(median "${own[@]}")" rows)" \
        "zcat | wc -l $(rate "$(median "${zcat[@]}")" rows)" \
        "$(median "${zcat_ratio[@]}")" '>=' 0.6 yes
    row "--check of $check_rows rows" "$(rate "$(median "${own[@]}")" rows)" \
        "Python gzip + csv $(rate "$(median "${reader[@]}")" rows)" \
        "$(median "${python_ratio[@]}")" '>=' 1.3 no
}

# With twenty rows per user, sorted, the smaller file already fills the window.
row_memory() {
    local few many few_hwm many_hwm output=$scratch/out.csv
    make_input "$few_rows" 20 -z1
    few=$input
    make_input "$many_rows" 20 -z1
    many=$input
    check "$few"
    few_hwm=$m_hwm
    check "$many"
    many_hwm=$m_hwm
    row "peak memory of --check, $many_rows rows" "$(mib "$many_hwm")" \
        "$few_rows rows $(mib "$few_hwm")" "$(calc "$many_hwm / $few_hwm")" \
        '<=' 1.05 yes
    run_client "${url[plain]}" 64 "$few"
    few_hwm=$m_hwm
    run_client "${url[plain]}" 64 "$many"
    many_hwm=$m_hwm
    rm -f "$many" "$output"
    row "peak memory of a run, $many_rows rows" "$(mib "$many_hwm")" \
        "$few_rows rows $(mib "$few_hwm")" "$(calc "$many_hwm / $few_hwm")" \
        '<=' 1.05 yes
}

# memory_row WHAT URL LIMIT
memory_row() {
    run_client "$2" 64 "$input"
    row "$1" "$(mib "$m_hwm")" "limit $3 MiB" "$(calc "$m_hwm / 1024 / $3")" \
        '<=' 1 no
}

row_memory64() {
    make_input 10000 1
    memory_row 'peak memory, 64 in flight, plain' "${url[plain]}" 24
    memory_row 'peak memory, 64 in flight, TLS' "${url[tls]}" 32
    # More users than the window has rows, unsorted.
    make_input 120000 1 -u
    memory_row 'peak memory, full window' "${url[plain]}" 96
}

row_startup() {
    local i n=$((runs * 4)) own=() curl=() sync=() ratio=() \
        output=$scratch/out.csv
    make_input 10 1
    for ((i = 0; i < n; i++)); do
        measure curl --version
        curl+=("$m_wall")
        sync+=("$("$bin/fsyncs" "$scratch")")
        run_client "${url[plain]}" 16 "$input"
        own+=("$m_wall")
        ratio+=("$(calc "${own[i]} / (${curl[i]} + ${sync[i]})")")
    done
    row 'ten rows, from start to end' \
        "$(printf '%.1f ms' "$(calc "$(median "${own[@]}") * 1e3")")" \
        "$(printf 'curl --version %.1f + fsyncs %.1f ms' \
            "$(calc "$(median "${curl[@]}") * 1e3")" \
            "$(calc "$(median "${sync[@]}") * 1e3")")" \
        "$(median "${ratio[@]}")" '<=' 2 no
}

# The short runs are before and after the long one, because the long one covers
# a whole minute of the machine's load.
row_growth() {
    local i small=10000 short=() long long_input short_input
    make_input "$small" 1
    short_input=$input
    make_input "$growth_rows" 1
    long_input=$input
    for ((i = 0; i < 2 * runs + 1; i++)); do
        if ((i == runs)); then
            run_client "${url[plain]}" 64 "$long_input"
            long=$(calc "$m_cpu / $growth_rows")
        else
            run_client "${url[plain]}" 64 "$short_input"
            short+=("$(calc "$m_cpu / $small")")
        fi
    done
    row "CPU per row, $growth_rows rows" "$(us_per_user "$long" 1)" \
        "$small rows $(us_per_user "$(median "${short[@]}")" 1)" \
        "$(calc "$long / $(median "${short[@]}")")" '<=' 1.05 no
}

# Both numbers are free of noise. Sends are counted as system calls of libcurl:
# one per request if head and body are sent together.
row_wire() {
    local sends n=2000
    make_input "$n" 1
    start_server counted
    run_client "${url[counted]}" 64 "$input"
    stop_server counted
    row 'connections opened in a run' "$s_connections" 'concurrency 64' \
        "$(calc "$s_connections / 64")" '<=' 1 no
    row 'requests to the server' "$s_requests" "2 per user $((2 * n))" \
        "$(calc "$s_requests / (2 * $n)")" '<=' 1 no

    start_server counted
    rm -f "$output"
    strace -f -qq -c -e trace=sendto,sendmsg -o "$scratch/strace" \
        "$client" --quiet --endpoint "${url[counted]}" --concurrency 64 \
        "$input" "$output" || fail 'the run under strace failed'
    stop_server counted
    sends=$(awk '$NF ~ /^send(to|msg)$/ { n += $4 } END { print n + 0 }' \
        "$scratch/strace")
    row 'sends per request' "$sends" "requests $s_requests" \
        "$(calc "$sends / $s_requests")" '<=' 1 no
}

# rate_rows RATE: measures a run at RATE/s by the times at which its calls arrived
# at the simulator. Two calls are a window apart if their milliseconds are.
rate_rows() {
    local used most
    make_input $(($1 * seconds / 2)) 1
    start_sim
    run_client "${url[sim]}" 64 "$input" --rate "$1/s"
    take_record
    stop_sim
    used=$(awk '{ last = $1; first = NR == 1 ? $1 : first }
        END { print (NR - 1) / (last - first) * 1000 }' "$record")
    most=$(awk '{ time[NR] = $1
            while (time[NR] - time[oldest + 1] >= 1000) oldest++
            if (NR - oldest > most) most = NR - oldest }
        END { print most }' "$record")
    row "--rate $1/s: the rate" "$(rate "$used" calls)" \
        "$(rate "$1" calls)" "$(calc "$used / $1")" '>=' 0.97 yes
    row "--rate $1/s: most in any second" "$most calls" "$1 calls" \
        "$(calc "$most / $1")" '<=' 1 yes
}

row_rate() {
    rate_rows 20
    rate_rows 500
}

# The service has an unpublished limit of 300 calls in any minute. The run takes
# a little more than three minutes. The first one does not count, because the
# rate limit adapts in it.
row_limit() {
    local limit=300 calls throttled minutes
    [[ -z $quick ]] || { note 'limit: omitted; it takes minutes' && return; }
    make_input $((limit * 8 / 5)) 1
    start_sim --limit "$limit/m,refused-count"
    run_client "${url[sim]}" 16 "$input"
    take_record
    stop_sim
    read -r calls throttled minutes < <(awk '
        NR == 1 { start = $1 + 60000 }
        $1 >= start { calls++; throttled += $2 == 117 }
        END { print calls + 0, throttled + 0, ($1 - start) / 60000 }' "$record")
    ((calls > limit)) ||
        fail "the run did not reach the limit of $limit calls per minute"
    row 'an unpublished limit: its use' \
        "$(calc "int(($calls - $throttled) / $minutes + 0.5)") calls/min" \
        "$limit calls/min" \
        "$(calc "($calls - $throttled) / $minutes / $limit")" '>=' 0.90 yes
    row 'an unpublished limit: throttled calls' "$throttled" "$calls calls" \
        "$(calc "$throttled / $calls")" '<=' 0.01 yes
}
