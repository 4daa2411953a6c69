#!/bin/bash
# A profile of the configuration file replaces options and names the credentials.
# Commands that are printed work when they are pasted, and --show-config prints
# where each value comes from.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
sim_start
umask 077
unset BAUSER_ACCESS_TOKEN BAUSER_DEVELOPER_TOKEN
echo sim-access-token >token
cat >config <<END
[defaults]
api = $API
endpoint = $SERVICE
access-token-file = token
developer-token-command = "echo started >>commands; echo sim-developer-token"
${API_OPTIONS[2]:+customer-id = ${API_OPTIONS[3]:-}}

[nightly]
map = "The Title=$TITLE"
ignore = Remarks     # for people
metrics = nightly.prom
max-errors = 0
END
{
    printf 'Id,The Title,Remarks\n'
    user_row 1 'Baker,first'
    user_row 2 'Miller,second'
} >in.csv

# bare STATUS ARGUMENT...: runs the program without the options of a test.
bare() {
    local wanted=$1 status=0

    shift
    "$BAUSER_BATCH" "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status: bauser-batch $*"
}

bare 0 --config config --check --profile nightly in.csv
expect_no_file commands
bare 0 --config config --profile nightly in.csv out.csv
expect_stderr ', profile nightly'
expect_columns out.csv Status <<<$'Updated\nUpdated'
expect_user 01 "$TITLE_PATH" '"Baker"'
grep -q bauser_ nightly.prom
expect_stderr ', profile nightly'
if [ "$API" != partner-center ]; then
    [ "$(wc -l <commands)" -eq 1 ] || fail "the command runs once"
fi

# A profile is for several kinds of files: a column that it maps or ignores need
# not be there. One that the command line names must be.
{
    echo "Id,$TITLE"
    user_row 1 Baker
} >plain.csv
bare 0 --config config --profile nightly plain.csv plain.out.csv
expect_columns plain.out.csv Status <<<Unchanged
bare 3 --config config --profile nightly --ignore Remarks plain.csv plain.out.csv
expect_stderr '--ignore' Remarks
bare 3 --config config --profile nightly --map "The Title=$TITLE" plain.csv \
    plain.out.csv
expect_stderr '--map' 'The Title'

# The plan of such a file is applied with the same profile.
{
    printf 'Id,The Title,Remarks\n'
    user_row 1 'Cook,'
} >cook.csv
bare 0 --config config --profile nightly --dry-run --plan plan.csv cook.csv \
    dry.csv
bare 0 --config config --profile nightly --approve \
    "$(sha256sum <plan.csv | cut -c 1-64)" plan.csv plan.out.csv
expect_columns plan.out.csv Status <<<Updated
bare 0 --config config --profile nightly in.csv again.csv

# Without HOME, as under some schedulers, and with the variables of a container.
env -i PATH="$PATH" BAUSER_CONFIG="$PWD/config" BAUSER_PROFILE=nightly \
    BAUSER_SERVICE_HOST=10.0.0.1 "$BAUSER_BATCH" in.csv again.csv 2>err
expect_stderr 'unknown and ignored: BAUSER_SERVICE_HOST'
expect_columns again.csv Status <<<$'Unchanged\nUnchanged'

# A printed command has the values of variables. It leaves out what stopped the
# run.
{
    printf 'Id,The Title,Remarks\n'
    user_row 1 'Clerk,'
    printf 'nobody,x,\n'
    user_row 2 'Clerk,'
} >some.csv
BAUSER_CONCURRENCY=1 bare 5 --config config --profile nightly some.csv some.out.csv
expect_stderr ' --resume --concurrency 1 --unset max-errors --config config' \
    '--profile nightly some.csv some.out.csv'
command=$(grep -o ' --resume .*' err)
eval "bare 1 $command"
expect_columns some.out.csv Status <<<$'Updated\nFailed\nUpdated'

# --show-config can be pasted into a file.
BAUSER_RATE=50/s bare 0 --show-config --config config --profile nightly \
    --retries 3
cp out shown
grep -qE "^rate += 50/s +# BAUSER_RATE$" shown
grep -qE "^retries += 3 +# option$" shown
grep -qE "^max-errors += 0 +# config:12 \[nightly\]$" shown
grep -qE "^# developer-token-command: set, from config:5 \[defaults\]$" shown
grep -qE "^timeout += 60 +# default$" shown
expect_none sim-developer-token shown
echo "developer-token-command = 'echo sim-developer-token'" >>shown
bare 0 --config shown --profile nightly in.csv pasted.csv
expect_columns pasted.csv Status <<<$'Updated\nUpdated'

# So can relative names and several values, wherever the file is.
mkdir -p below
printf '[defaults]\naccess-token-file = token\nmap = The Title=JobTitle
map = Town=City\n' >below/config
bare 0 --show-config --config below/config
grep -qE "^access-token-file += $PWD/below/token +# below/config:2 \[defaults\]$" out
grep -qE "^map += The Title=JobTitle +# below/config:3 \[defaults\]$" out
grep -qE "^map += Town=City +# below/config:4 \[defaults\]$" out

# Mistakes.
rejected() {
    bare 2 "${@:2}" in.csv out.csv
    expect_stderr "$1"
}
rejected "has no profile 'nightyl'; did you mean nightly?" --config config \
    --profile nightyl
rejected 'there is no configuration file /dev/null/bauser-batch/config' \
    --profile nightly
rejected 'cannot open the configuration file none' --config none
chmod o+w config
rejected 'run: chmod go-w config' --config config
printf '[p]\nrtae = 1/s\naccess-token = hush\n' >bad
rejected "bad:2: unknown key 'rtae'; did you mean rate?; bad:3: 'access-token' is \
a secret" --config bad
expect_none hush err
BAUSER_RTAE=1 rejected 'BAUSER_RTAE is unknown; did you mean BAUSER_RATE?'
BAUSER_ACCESS_TOKEN_COMMAND='echo hush; exit 3' \
    rejected 'BAUSER_ACCESS_TOKEN_COMMAND: the command ended with exit status 3'
expect_none hush err
BAUSER_ACCESS_TOKEN_COMMAND='printf "a b"' rejected 'contains a space'
BAUSER_ACCESS_TOKEN_COMMAND=true rejected 'what the command prints is empty'
BAUSER_ACCESS_TOKEN_COMMAND=yes rejected 'the command prints too much'
