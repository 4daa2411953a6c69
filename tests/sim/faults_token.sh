#!/bin/bash
# Each kind of fault works for Token calls. With before, no token is issued;
# with after, one is, even if the response is lost.
. "$(dirname "$0")/lib.inc"

sim_start
issued() {
    control tokens | jq .issued
}
for kind in status error reset close refuse stall no-http redirect html empty \
    cut cut-reset short slow chunked garble junk content-type bad-utf8 nul \
    deep huge close-after announced-close no-tracking duplicate member; do
    for when in before after; do
        had=$(issued)
        fault "{\"kind\":\"$kind\",\"call\":\"Token\",\"when\":\"$when\",
            \"ms\":1,\"bytes\":900,\"depth\":3,\"name\":\"expires_in\"}"
        token
        gave=$(($(issued) - had))
        same "$kind $when" "$gave $(record '.fault' | tail -1)" \
            "$([ $when = before ] && echo 0 || echo 1) \"$kind\""
    done
    until token && [ "$status" = 200 ]; do sleep 0.05; done
done
try() {
    fault "{\"kind\":\"$1\",\"call\":\"Token\"${2:+,$2}}"
    token
}
try error '"name":"invalid_grant"'
same "by name" "$status $(body '.error, .error_codes[0]' | tr '\n' ' ')" \
    "400 invalid_grant 70000 "
try error '"code":7000215'
same "by code" "$status $(body .error)" "401 invalid_client"
try error
same "by itself" "$status $(body .error)" "503 temporarily_unavailable"
try duplicate
same "duplicate" "$(grep -o '"access_token":' "$dir/body" | wc -l)" 2
try member '"name":"expires_in","value":"soon"'
same "member" "$(body .expires_in)" soon
