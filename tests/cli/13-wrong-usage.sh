#!/bin/bash
# A mistake in the command, the credentials or OUTPUT is reported with exit
# status 2 before anything is read or sent. No file is created or changed.
. "${0%/*}/../lib.sh"
sim_start

printf 'Id,City\n%s,Oslo\n' "${U}01" >in.csv
echo old >old.csv

# usage TEXT ARGUMENT...: the command is rejected with a message that contains
# TEXT.
usage() {
    local before

    before=$(ls -lnR --ignore=out --ignore=err)
    run 2 "${@:2}"
    expect_stderr "$1"
    [ "$(wc -l <err)" -eq 1 ] || fail "more than one line"
    [ ! -s out ]
    [ "$before" = "$(ls -lnR --ignore=out --ignore=err)" ] ||
        fail "files were changed"
}

usage 'INPUT is missing'
usage 'OUTPUT is missing' in.csv
usage 'INPUT is missing' --check
usage "unexpected argument 'third'" in.csv out.csv third
usage 'unknown option --dryrun; did you mean --dry-run?' --dryrun in.csv o.csv
usage 'unknown option --dry; ' --dry in.csv o.csv
usage 'unknown option -x; --help-all lists all options' -x in.csv o.csv
usage 'unknown option -p;' -psecret in.csv o.csv
expect_none secret err
usage 'unknown option -i; if this is the name of a file, write ./ before it' \
    -in.csv o.csv
usage 'if this is the name of a file' -new.csv o.csv
usage 'unknown option -v; did you mean -V' -v
usage '-n takes no value' -n=1 in.csv o.csv
usage '--dry-run and --check cannot be combined' -qn --check in.csv o.csv
usage '--concurrency' --concurrency 0 in.csv o.csv
usage '--concurrency' --concurrency 16x in.csv o.csv
usage '--concurrency' --concurrency 99999999999999999999 in.csv o.csv
usage '--concurrency needs a value' in.csv o.csv --concurrency
usage '--timeout' --timeout -1 in.csv o.csv
usage "--quiet takes no value; leave out '=yes'" --quiet=yes in.csv o.csv
usage '--shard' --shard 3/3 in.csv o.csv
usage '--shard' --shard 1 in.csv o.csv
usage '--shard' --shard 0/0 in.csv o.csv
usage '--delimiter' --delimiter '' in.csv o.csv
usage '--delimiter' --delimiter '"' in.csv o.csv
usage '--delimiter' --delimiter ';;' in.csv o.csv
usage '--map' --map City in.csv o.csv
usage '--map' --map Mail=Emial in.csv o.csv
usage '--diff requires --dry-run' --diff d.csv in.csv o.csv
usage '--' --check --export in.csv o.csv
usage '--api' --api soap-v99 in.csv o.csv
usage '--environment' --environment test in.csv o.csv
usage '--customer-id' --customer-id 12x in.csv o.csv
usage 'did you mean partner-center?' --api partner in.csv o.csv
usage 'the services are: rest, soap-v13, soap-v12, soap-v11, partner-center' \
    --api all in.csv o.csv
for api in soap-v13 soap-v12 soap-v11; do
    usage "--customer-id: $api has no such header; leave it out" \
        --customer-id 12 --api "$api" in.csv o.csv
    usage "--account-id: $api has no such header; leave it out" \
        --api "$api" --account-id 12 in.csv o.csv
done
usage "the GUID of the customer's tenant for partner-center" \
    --customer-id 12 --api partner-center in.csv o.csv
usage '--account-id: partner-center has no such header' \
    --api partner-center --account-id 12 in.csv o.csv
usage '--environment: partner-center has no sandbox address' \
    --environment sandbox --api partner-center in.csv o.csv
usage 'the same file' --dry-run --diff o.csv in.csv o.csv

usage '--resume and --restart cannot be combined' --resume --restart in.csv o.csv
usage '--retry-failed and --export' --retry-failed --export in.csv o.csv
usage 'finished OUTPUT' --retry-failed in.csv -
usage '--no-clobber' --retry-failed --no-clobber in.csv o.csv
usage '--rate' --rate 5 in.csv o.csv
usage '--retries' --retries 101 in.csv o.csv
usage '--drain' --drain 1.5 in.csv o.csv
usage '--max-errors' --max-errors 101% in.csv o.csv
usage '--give-up' --give-up 0 in.csv o.csv
usage '--tenant' --tenant ../x in.csv o.csv
usage 'INPUT' --log-file in.csv in.csv o.csv
usage 'o.csv.journal' --log-file o.csv.journal in.csv o.csv
usage '--log-format' --log-format xml in.csv o.csv
usage '--log-level' --log-level loud in.csv o.csv

usage 'user name or password' --proxy http://me:secret@host in.csv o.csv
expect_none secret err
usage 'plain http' --proxy http://proxy.example.com:3128 in.csv o.csv

usage 'plain http' --endpoint http://example.com in.csv o.csv
usage 'plain http' --endpoint http://127.0.0.1.example.com in.csv o.csv
usage 'plain http' --endpoint http://10.0.0.1 in.csv o.csv
usage '--endpoint' --endpoint ftp://127.0.0.1 in.csv o.csv
usage '--endpoint' --endpoint 127.0.0.1:8080 in.csv o.csv
usage 'user name or password' --endpoint https://me:secret@host in.csv o.csv
expect_none secret err

usage 'no-such.csv cannot be opened' no-such.csv o.csv
mkdir dir.csv
usage 'dir.csv is a directory' dir.csv o.csv
usage 'OUTPUT dir.csv is a directory' in.csv dir.csv
usage 'create its directory first' in.csv no-such-directory/o.csv
usage 'cannot create old.csv/o.csv.part' in.csv old.csv/o.csv
usage 'INPUT and OUTPUT are the same file' in.csv in.csv
ln in.csv hard-link.csv
usage 'INPUT and OUTPUT are the same file' in.csv hard-link.csv
ln -s in.csv soft-link.csv
usage 'INPUT and OUTPUT are the same file' in.csv soft-link.csv
usage 'INPUT and OUTPUT are the same file' soft-link.csv in.csv
mv in.csv x.csv.part
usage 'INPUT is x.csv.part' x.csv.part x.csv
mv x.csv.part in.csv
usage 'same file' --dry-run --diff in.csv in.csv o.csv
usage 'not a regular file' in.csv /dev/null
usage '--no-clobber' --no-clobber in.csv old.csv
if [ "$EUID" -ne 0 ]; then
    mkdir -m 500 closed
    usage 'choose a directory' in.csv closed/o.csv
fi

(
    unset BAUSER_ACCESS_TOKEN
    usage 'BAUSER_ACCESS_TOKEN is not set' in.csv o.csv
)
(
    unset BAUSER_DEVELOPER_TOKEN
    usage 'BAUSER_DEVELOPER_TOKEN is not set' in.csv o.csv
)
(
    export BAUSER_ACCESS_TOKEN=$'two\nlines'
    usage 'BAUSER_ACCESS_TOKEN' in.csv o.csv
    expect_none lines err
)
(
    unset BAUSER_ACCESS_TOKEN
    export BAUSER_ACCESS_TOKEN_FILE="my token's"
    usage "my token's" in.csv o.csv
    (umask 022 && echo sim-access-token >"my token's")
    usage "others than the owner can access the file; run: chmod 600 'my token'\\''s'" \
        in.csv o.csv
)

# Only one service accepts a legacy sign-in, and it needs both name and password.
for name in APPLICATION_TOKEN USERNAME PASSWORD PASSWORD_FILE; do
    (
        export "BAUSER_$name=hush"
        usage "BAUSER_$name is set, but rest does not accept it; unset it, or \
select soap-v11" in.csv o.csv
        expect_none hush err
        usage "BAUSER_$name is set, but soap-v13 does not" --api soap-v13 \
            in.csv o.csv
    )
done
(
    export BAUSER_PASSWORD=hush
    usage 'BAUSER_PASSWORD is set, but BAUSER_USERNAME is not' --api soap-v11 \
        in.csv o.csv
    BAUSER_USERNAME=$'hu\tsh'
    export BAUSER_USERNAME
    usage 'BAUSER_USERNAME: the value contains ' --api soap-v11 in.csv o.csv
    expect_none 'hu.*sh' err
)

(
    ulimit -n 20
    usage 'ulimit -n' --concurrency 64 in.csv o.csv
)

expect_file old.csv <<<old
expect_counts calls=0 connections_opened=0
