#!/bin/bash
# --proxy sends every connection through a tunnel of that proxy, which sees
# neither tokens nor headers. Failures of the proxy are reported as such.
# Proxies in the environment have no effect, and no_proxy has no effect on
# --proxy, but are mentioned if there is no connection. A proxy that requires a
# sign-in gets it from --proxy-user-file.
. "${0%/*}/../lib.sh"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout key.pem -out cert.pem 2>openssl.log
printf "Id,JobTitle\n${U}01,x\n${U}02,x\n" >in.csv

# proxy_start [OPTION...]: starts a proxy. Sets PROXY to its address, and seen to
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

# A proxy that requires a sign-in stops the run at once, and the message says
# what is missing.
# refused SCHEMES TEXT ARGUMENT...
refused() {
    proxy_start --require 'Basic bWU6cw==' --schemes "$1"
    forget_calls
    run 2 --proxy "$PROXY" "${@:3}" in.csv refused.csv
    expect_stderr "$2"
    [ "$(grep -vc -e ': estimate: ' -e ', endpoint ' -e ': 0 rows; ' err)" -eq 1 ]
    expect_counts calls=0
    expect_no_file refused.csv refused.csv.part
}
umask 077
echo 'me:wrong' >login
required="the proxy requires a sign-in for $SERVICE (HTTP status 407) by"
refused Basic,NTLM "$required Basic, NTLM; use --proxy-user-file"
refused Negotiate,NTLM "$required Negotiate, NTLM; use --proxy-negotiate"
refused NTLM "$required NTLM, which is not supported; use a local proxy"
refused Basic 'rejects the user name or the password in login for ' \
    --proxy-user-file login
export KRB5CCNAME=$PWD/no-tickets KRB5_CONFIG=/dev/null
refused Negotiate 'rejects the Kerberos sign-in for ' --proxy-negotiate
expect_stderr kinit

# The user name and the password arrive as they are in the file.
printf '%s\n' 'me %41:pass:wörd+&%3A ' >login
proxy_start --require "Basic $(printf '%s' 'me %41:pass:wörd+&%3A ' | base64)"
control users -X DELETE >reset
forget_calls
run 0 --concurrency 1 --proxy "$PROXY" --proxy-user-file login in.csv out.csv
expect_counts applied=2
expect_none 'w.*rd' err out.csv

# wrong TEXT ARGUMENT...
wrong() {
    run 2 "${@:2}" in.csv wrong.csv
    expect_stderr "$1"
    expect_none secret err
}
echo secret >no-colon
chmod 644 login
wrong '--proxy-user-file: others than the owner' --proxy "$PROXY" \
    --proxy-user-file login
wrong 'does not contain USER:PASSWORD' --proxy "$PROXY" \
    --proxy-user-file no-colon
wrong 'requires --proxy' --proxy-user-file login
wrong 'requires --proxy' --proxy-negotiate
wrong 'cannot be combined' --proxy "$PROXY" --proxy-negotiate \
    --proxy-user-file no-colon
wrong 'requires an http:// or https:// proxy' --proxy-negotiate \
    --proxy socks5h://127.0.0.1:9

# A proxy that does not listen stops the run after --give-up. Without --proxy, a
# variable that has no effect is mentioned, without its value.
forget_calls
run 5 --give-up 0.005 --proxy http://127.0.0.1:9 in.csv refused.csv
expect_stderr 'ConnectionFailed: no connection through the proxy: Connection'
expect_none 'has no effect' err
SERVICE=http://127.0.0.1:9 HTTPS_PROXY=http://me:secret@proxy:3128 \
    run 5 --give-up 0.005 in.csv refused.csv
expect_stderr 'Connection refused; HTTPS_PROXY has no effect, use --proxy'
expect_none secret err
expect_counts calls=0
