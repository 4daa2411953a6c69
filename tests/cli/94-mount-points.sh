#!/bin/bash
# A file that would be replaced or removed at the end of a run, but is a mount
# point, is refused with exit status 2 before any call. Nothing is left behind.
# services: rest
. "${0%/*}/../lib.sh"

namespace=(unshare --mount)
"${namespace[@]}" true 2>err ||
    namespace=(unshare --user --map-root-user --mount)
if ! "${namespace[@]}" sh -c ': >m && mount --bind m m' 2>err; then
    echo "skipped: nothing can be mounted: $(tail -n 1 err)"
    exit 77
fi
sim_start
printf 'Id,City\n%s,Oslo\n' "${U}01" >in.csv

# mounted FILE STATUS ARGUMENT...: runs the program while FILE is a mount point.
# shellcheck disable=SC2016 # for the other shell
mounted() {
    local status=0

    "${namespace[@]}" bash -c 'mount --bind "$0" "$0" && "$@"' "$1" \
        "${PROGRAM[@]}" "${@:3}" >out 2>err || status=$?
    [ "$status" -eq "$2" ] || fail "exit status $status instead of $2: $1"
}
# refused FILE ARGUMENT...
refused() {
    local before

    before=$(ls -ln --ignore=out --ignore=err)
    mounted "$1" 2 "${@:2}"
    expect_stderr "$1" 'is a mount point' 'mount its directory instead'
    [ "$before" = "$(ls -ln --ignore=out --ignore=err)" ] ||
        fail "files were changed"
    expect_counts calls=0 connections_opened=0
}

echo old >out.csv
refused out.csv in.csv out.csv
refused out.csv --dry-run in.csv out.csv
refused out.csv --export in.csv out.csv
ln -s out.csv link.csv
refused out.csv in.csv link.csv
rm link.csv
: >out.csv.part
refused out.csv.part in.csv out.csv
rm out.csv.part
: >out.csv.journal
refused out.csv.journal --resume in.csv out.csv
rm out.csv.journal
echo old >diff.csv
refused diff.csv --dry-run --diff diff.csv in.csv out.csv

use_refresh_token
: >token.lock
refused "$PWD/token" in.csv out.csv
expect_stderr BAUSER_REFRESH_TOKEN_FILE
ln -s token link
export BAUSER_REFRESH_TOKEN_FILE=$PWD/link
refused "$PWD/token" --follow-links in.csv out.csv

# Files that are only read or appended to may be mount points, and a directory.
use_refresh_token
for file in in.csv token.lock .; do
    control users -X DELETE >reset
    rm -f out.csv
    mounted "$file" 0 in.csv out.csv
    expect_columns out.csv Status <<<Updated
done
: >log
mounted log 0 --log-file log in.csv out.csv
