#!/bin/bash
# Without the explicit permission to change this user, on the sandbox or this
# machine, no update is sent. A sign-in with a refresh token keeps the new one.
. "${0%/*}/../lib.sh"
. "$TESTS/live/live.inc"
sim_start --no-rotation
REAL=$SERVICE

live 2
expect_stderr '--user ID --disposable'
SERVICE=https://clientcenter.api.bingads.microsoft.com
live 2 --disposable
expect_stderr 'not that of the sandbox' --production
SERVICE=https://api.example.invalid
live 2 --disposable
expect_stderr --production
SERVICE=http://api.example.invalid
live 2 --disposable --production
expect_stderr https://
SERVICE=$REAL
BAUSER_ACCESS_TOKEN=$'sim-access\ntoken' live 2 --disposable
expect_stderr BAUSER_ACCESS_TOKEN
live 2 --disposable --only text-cases
expect_stderr text-cases
expect_counts calls=0
BAUSER_ACCESS_TOKEN=wrong live 2 --disposable
expect_stderr 'HTTP 401, AdApiFaultDetail 105'
faults '{"kind":"no-timestamp","call":"GetUser"}'
live 2 --disposable
expect_stderr 'no TimeStamp'
faults '{"kind":"masked","call":"GetUser"}'
live 2 --disposable
expect_stderr asterisks
faults '{"kind":"wrong-user","call":"GetUser"}'
live 2 --disposable
expect_stderr 'another user'
expect_none 'wrong|sim-.*token' err
expect_counts UpdateUser=0
expect_no_file live-original.json

use_refresh_token
BAUSER_TOKEN_URL='' live 2 --disposable
expect_stderr BAUSER_TOKEN_URL
live 1 --disposable --only token-rotates,token-type,token-lifetime
expect_result token-rotates differs
expect_result token-lifetime holds
[ "$(cat token)" = sim-refresh-token ]
control settings -d '{"rotate_refresh_tokens":true}' >settings
for _ in 1 2; do # the second sign-in needs the new token
    live 0 --disposable --only token-rotates,token-type
    expect_result token-type holds
done
[ "$(stat -c %a token)" = 600 ]
[ "$(control tokens | jq -r '.refresh_tokens[-1]')" = "$(cat token)" ]
expect_no_match -F -f token out err
expect_counts UpdateUser=0
