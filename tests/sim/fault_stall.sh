#!/bin/bash
# A stalled call gets no response until its rule is removed or its client
# disconnects. Other calls are executed meanwhile.
. "$(dirname "$0")/lib.inc"

sim_start
fault '{"kind":"stall","times":2}'
curl -s -m 5 "$service/a" &
first_curl=$!
until [ "$(counts .faults)" = 1 ]; do sleep 0.05; done
curl -s -m 0.1 "$service/b"
same "a client that gives up" $? 28
get_user $first
same "another call" "$status" 200
until [ "$(counts .in_flight)" = 1 ]; do sleep 0.05; done
no_faults
wait $first_curl
same "a released call" $? 52
until [ "$(counts .in_flight)" = 0 ]; do sleep 0.05; done

# The simulator ends immediately, even with stalled calls.
fault '{"kind":"stall"}'
curl -s -m 5 "$service/c" &
until [ "$(counts .faults)" = 3 ]; do sleep 0.05; done
sim_stop
