#!/bin/bash
# On a file system without modes (FAT, gcsfuse) a run works, and warns if others
# can read the result. On one without locks (NFS without its daemon, SMB) it is
# refused with the cause and leaves nothing; with --no-lock it works. The same for a
# directory that cannot be synced. A result that cannot be renamed is kept.
# services: rest
. "${0%/*}/../lib.sh"
sim_start
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0
printf 'Id,City\n%s,Oslo\n' "${U}01" >in.csv

# without CALL ERRNO run STATUS ARGUMENT...: with each of these calls failing.
without() {
    INJECT_CALL=$1 INJECT_AT=1 INJECT_TIMES=ever INJECT_ERRNO=$2 \
        PRELOAD=$INJECT "${@:3}"
}
# begin: users and files as at first.
begin() {
    control users -X DELETE >reset
    forget_calls
    rm -f out.csv* log
}
ENOSYS=38 EPERM=1 EOPNOTSUPP=95 ENOLCK=37 EINVAL=22

for number in "$EPERM" "$ENOSYS" "$EOPNOTSUPP"; do
    begin
    without fchmod "$number" run 0 in.csv out.csv
    expect_none 'able to read' err
    expect_counts applied=1
done
# A mode that others can read, and that stays.
begin
: >out.csv.part
chmod 644 out.csv.part
without fchmod "$EPERM" run 0 in.csv out.csv
expect_stderr "others may be able to read out.csv, because its file system does \
not set modes (chmod)"
expect_counts applied=1
begin
: >out.csv.part
chmod 644 out.csv.part
run 0 in.csv out.csv
expect_none 'able to read' err

# A new refresh token is saved there, too.
use_refresh_token
begin
without fchmod "$EPERM" run 0 in.csv out.csv
expect_counts applied=1
[ "$(<token)" != sim-refresh-token ] || fail "the new token was not saved"

for number in "$ENOLCK" "$EOPNOTSUPP" "$ENOSYS" "$EINVAL"; do
    begin
    rm -f token.lock
    without flock "$number" run 2 in.csv out.csv
    expect_stderr "BAUSER_REFRESH_TOKEN_FILE: cannot lock $PWD/token.lock" \
        'has no locks' --no-lock
    expect_no_file token.lock
    without flock "$number" run 0 --no-lock in.csv out.csv
    expect_counts applied=1
done
unset BAUSER_REFRESH_TOKEN_FILE BAUSER_CLIENT_ID
export BAUSER_ACCESS_TOKEN=sim-access-token
control users -X DELETE >reset
for number in "$ENOLCK" "$EOPNOTSUPP" "$ENOSYS" "$EINVAL"; do
    begin
    without flock "$number" run 2 in.csv out.csv
    expect_stderr 'cannot lock out.csv.part: its file system has no locks' \
        --no-lock
    expect_no_file out.csv out.csv.part out.csv.journal
    expect_counts calls=0
    without flock "$number" run 0 --no-lock in.csv out.csv
    expect_counts applied=1
done

# A directory that cannot be synced: nothing is sent, and nothing is left.
begin
without fsync "$EOPNOTSUPP" run 2 in.csv out.csv
expect_stderr 'cannot open the journal out.csv.journal'
expect_no_file out.csv out.csv.part out.csv.journal
expect_counts calls=0

# A spreadsheet has OUTPUT open on a network drive: the result is kept beside it.
EACCES=13
begin
echo old >out.csv
without rename "$EACCES" run 6 in.csv out.csv
expect_stderr 'the result is complete in out.csv.part' \
    'close programs that have it open' 'to resume: '
expect_counts applied=1
run 0 --resume in.csv out.csv
expect_counts applied=1 most_applied=1
expect_columns out.csv Status <<<Updated
