#!/bin/bash
# With --tls, the service uses https with that certificate, also for faults. The
# control address stays plain.
. "$(dirname "$0")/lib.inc"

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$dir/key" -out "$dir/cert" 2>"$dir/log" ||
    fail "openssl: $(cat "$dir/log")"
sim_start --tls "$dir/cert" "$dir/key"
case $service in https://*) ;; *) fail "service: $service" ;; esac
send POST $path/Query "{\"UserId\":\"$first\"}" --cacert "$dir/cert"
same "status" "$curl $status" "0 200"
send POST $path/Query "{\"UserId\":\"$first\"}"
same "unknown certificate" "$curl" 60
for expected in 'reset 56' 'close 52' 'cut 18' 'slow 0' 'huge 0'; do
    fault "{\"kind\":\"${expected% *}\",\"bytes\":100,\"ms\":1}"
    send POST $path/Query "{\"UserId\":\"$first\"}" --cacert "$dir/cert"
    same "curl on ${expected% *}" $curl "${expected#* }"
done

"${BAUSER_SIM:-./bauser-sim}" --tls "$dir/key" "$dir/cert" >"$dir/out" \
    2>"$dir/err"
same "invalid files" "$?$(cat "$dir/out")" 1
[ -s "$dir/err" ] || fail "no message"
