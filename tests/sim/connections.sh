#!/bin/bash
# Connections are kept alive, and the record shows which calls reuse one. With
# --idle-timeout, an idle connection is closed.
. "$(dirname "$0")/lib.inc"

sim_start --idle-timeout 1
curl -s -o /dev/null "$service/a" -o /dev/null "$service/b" -o /dev/null \
    "$service/c"
same "one connection" "$(record '[.connection, .reused]' | tr -d '\n')" \
    '[1,false][1,true][1,true]'
exec 3<>"/dev/tcp/127.0.0.1/${service##*:}"
printf 'GET /d HTTP/1.1\r\nHost: x\r\n\r\n' >&3
same "open" "$(counts '.connections_open')" 1
timeout 3 cat <&3 >"$dir/raw" || fail "not closed"
grep -q '^HTTP/1.1 404' "$dir/raw" || fail "no response on the open connection"
same "closed" "$(counts '[.connections_open, .connections_opened] | @csv')" 0,2
