#!/bin/bash
# If another program renews the access token in its file, or a command prints
# another one, the run continues with it. It waits for that if the service rejects
# a token that was good.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
sim_start
umask 077
unset BAUSER_ACCESS_TOKEN
. "$TESTS/cli/slow_run.inc"

# accept TOKEN: from now on, the service accepts only this token.
accept() {
    control settings -d "{\"access_token\":\"$1\"}" >settings
}

# Kubernetes replaces a link to the directory of the secrets. While the service
# rejects the token, the file vanishes, and is then incomplete.
mkdir -p mount/one mount/two
echo sim-access-token >mount/one/token
ln -s one mount/..data
ln -s ..data/token mount/token
export BAUSER_ACCESS_TOKEN_FILE=$PWD/mount/token
start --follow-links
accept second
wait_until grep -q 'waiting for a new access token from BAUSER_ACCESS_TOKEN_FILE' err
rm mount/one/token
echo sec >mount/one/token
echo second >mount/two/token
ln -s two mount/..next
mv -T mount/..next mount/..data
completes
expect_stderr 'no longer waiting for a new access token'

# A command.
export BAUSER_ACCESS_TOKEN_FILE='' BAUSER_ACCESS_TOKEN_COMMAND='cat current'
echo second >current
start
echo third >current
accept third
completes
expect_none 'waiting for' err

# A token that was never good is not waited for.
BAUSER_ACCESS_TOKEN_COMMAND='echo other' run 4 --restart in.csv out.csv
expect_none 'waiting for' err
expect_none 'other' err

# Nobody replaces the token.
patient() {
    fast_clock 60 run 4 --restart --concurrency 1 --rate 10/s in.csv out.csv
}
echo third >current
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":20,\"times\":0}"
patient
expect_stderr 'BAUSER_ACCESS_TOKEN_COMMAND had no other one for 60 s' 'to resume: '
faults
run 0 --resume in.csv out.csv
