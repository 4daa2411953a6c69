#!/bin/bash
# --proxy sends every connection through a tunnel of that proxy, which sees
# neither tokens nor headers. Failures of the proxy are reported as such.
# Proxies in the environment have no effect, and no_proxy has no effect on
# --proxy.
. "${0%/*}/../lib.sh"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout key.pem -out cert.pem 2>openssl.log
printf "Id,JobTitle\n${U}01,x\n${U}02,x\n" >in.csv

# proxy_start [--refuse]: starts a proxy. Sets PROXY to its address, and seen to
# the file with the requests that it receives.
proxy_start() {
    seen=seen.$((++proxies))
    rm -f proxy.address
    mkfifo proxy.address
    "$PYTHON" -ESB "$TESTS/proxy.py" "$@" "$seen" >proxy.address 2>>sim.err &
    SIMS+=($!)
    read -r PROXY <proxy.address
}
proxies=0

sim_start --tls cert.pem key.pem
proxy_start
run 0 --cacert cert.pem --concurrency 1 --proxy "$PROXY" in.csv out.csv
expect_counts applied=2 connections_opened=1
address=${SERVICE#https://}
printf 'CONNECT %s HTTP/1.1\nHost: %s\nProxy-Connection: Keep-Alive\n' \
    "$address" "$address" | expect_file "$seen"

# A connection over plain http uses the tunnel too, in spite of no_proxy.
sim_start
proxy_start
no_proxy='*' NO_PROXY='*' run 0 --concurrency 1 --proxy "$PROXY" in.csv out.csv
expect_counts applied=2
grep -q "^CONNECT ${SERVICE#http://} " "$seen"
expect_none 'uthorization|Token|Content-Type|User-Agent' "$seen"

# Without --proxy, no proxy is used.
proxy_start
(
    for name in http https all HTTP HTTPS ALL; do
        export "${name}_proxy=$PROXY" "${name}_PROXY=$PROXY"
    done
    run 0 in.csv out.csv
)
expect_file /dev/null <"$seen"

# A proxy that requires a sign-in stops the run at once, one that does not listen
# after --give-up.
proxy_start --refuse
forget_calls
run 2 --proxy "$PROXY" in.csv refused.csv
expect_stderr "the proxy requires a sign-in for $SERVICE (HTTP status 407)"
[ "$(wc -l <err)" -eq 1 ]
expect_counts calls=0
expect_no_file refused.csv refused.csv.part
run 5 --give-up 0.005 --proxy http://127.0.0.1:9 in.csv refused.csv
expect_stderr 'ConnectionFailed: no connection through the proxy: Connection'
expect_counts calls=0
