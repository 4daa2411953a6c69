#!/bin/bash
# In a container, secrets have modes that others can read, are links, or are on a
# read-only volume. The message names a way that works there: they are accepted
# in $CREDENTIALS_DIRECTORY and with --trust-secret-modes.
# services: rest
. "${0%/*}/../lib.sh"
sim_start
printf 'Id,City\n%s,Oslo\n' "${U}01" >in.csv

# Kubernetes has a directory of links, into a directory that is replaced.
mkdir -p secrets/..2026_11_29
echo sim-access-token >secrets/..2026_11_29/token
ln -s ..2026_11_29 secrets/..data
ln -s ..data/token secrets/token
export BAUSER_ACCESS_TOKEN='' BAUSER_ACCESS_TOKEN_FILE=$PWD/secrets/token

refused() {
    run 2 "${@:2}" in.csv out.csv
    expect_stderr "BAUSER_ACCESS_TOKEN_FILE: $1"
    expect_none sim-access-token err
}
accepted() {
    control users -X DELETE >reset
    run 0 "$@" in.csv out.csv
    expect_columns out.csv Status <<<Updated
}
for mode in 0440 0444; do
    chmod "$mode" secrets/..data/token
    refused "others than the owner can access $PWD/secrets/token (mode \
$mode); in a container with a single user, use --trust-secret-modes \
$PWD/secrets, or instead set BAUSER_ACCESS_TOKEN"
    expect_none "chmod|follow-links" err
    for directory in "$PWD/secrets" secrets ./secrets/ . /; do
        accepted --trust-secret-modes "$directory"
    done
    CREDENTIALS_DIRECTORY=$PWD/secrets accepted
    refused '' --trust-secret-modes "$PWD/secret"
    refused '' --trust-secret-modes "$PWD/secrets/..data"
    refused '' --trust-secret-modes "$PWD/none"
done

# What others can write is trusted only on request.
chmod 660 secrets/..data/token
accepted --trust-secret-modes secrets
CREDENTIALS_DIRECTORY=$PWD/secrets refused 'others than the owner can access'

# A file on a read-only volume, whose mode cannot be set.
namespace=(unshare --mount)
"${namespace[@]}" true 2>err ||
    namespace=(unshare --user --map-root-user --mount)
mkdir volume
echo sim-access-token >volume/token
chmod 444 volume/token
# shellcheck disable=SC2016 # for the other shell
read_only=("${namespace[@]}" bash -c 'mount --bind volume volume &&
    mount -o remount,bind,ro volume && "$@"' -)
if ! "${read_only[@]}" true 2>err; then
    echo "skipped: nothing can be mounted: $(tail -n 1 err)"
    exit 77
fi
export BAUSER_ACCESS_TOKEN_FILE=$PWD/volume/token
status=0
"${read_only[@]}" "${PROGRAM[@]}" in.csv out.csv 2>err || status=$?
[ "$status" -eq 2 ]
expect_stderr "use --trust-secret-modes $PWD/volume, or instead set"
expect_none chmod err
control users -X DELETE >reset
"${read_only[@]}" "${PROGRAM[@]}" --trust-secret-modes "$PWD/volume" in.csv \
    out.csv 2>err
expect_columns out.csv Status <<<Updated
refused 'others than the owner can access the file; run: chmod 600 '

# A refresh token there cannot be replaced.
mv volume/token access
echo sim-refresh-token >volume/token
chmod 444 volume/token
use_refresh_token
export BAUSER_REFRESH_TOKEN_FILE=$PWD/volume/token
unset BAUSER_ACCESS_TOKEN_FILE
forget_calls
status=0
"${read_only[@]}" "${PROGRAM[@]}" --trust-secret-modes volume in.csv out.csv \
    2>err || status=$?
[ "$status" -eq 2 ]
expect_stderr 'Read-only file system' 'move it to a directory'
expect_counts calls=0
# A link outside the volume: the message names the directory of the file.
ln -s volume/token link
export BAUSER_REFRESH_TOKEN_FILE=$PWD/link
status=0
"${read_only[@]}" "${PROGRAM[@]}" --follow-links in.csv out.csv 2>err || status=$?
[ "$status" -eq 2 ]
expect_stderr "use --trust-secret-modes $PWD/volume"
status=0
"${read_only[@]}" "${PROGRAM[@]}" --follow-links --trust-secret-modes \
    "$PWD/volume" in.csv out.csv 2>err || status=$?
[ "$status" -eq 2 ]
expect_stderr 'Read-only file system' 'move it to a directory'
export BAUSER_REFRESH_TOKEN_FILE=$PWD/volume/token
# A volume to which the runtime gives modes for a group, again at each start.
chmod 660 volume/token
control users -X DELETE >reset
run 0 --trust-secret-modes volume in.csv out.csv
expect_counts applied=1
