#!/bin/bash
# The image of the Containerfile has the program without compilers. With a
# read-only root it runs as process 1 of a user without privileges, writes OUTPUT
# to a directory of the host, stops at the first SIGTERM after the users in
# flight, ends at the second one, and can be resumed.
#
# It is built with buildah from an image that mmdebstrap makes, and started by
# unshare(1) with the user, directory and command of the image. So no registry and
# no container engine is needed.
. "${0%/*}/../lib.sh"
. "${0%/*}/fresh.inc"
need buildah mmdebstrap

unset XDG_CONFIG_HOME # lib.sh sets it to no directory
export BUILDAH_ISOLATION=chroot
storage=(--root "$PWD/storage" --runroot "$PWD/runroot")
# Nothing that is still mounted may be removed with the scratch directory.
unmount() {
    local status=$?
    buildah "${storage[@]}" umount --all >unmounted 2>&1 || true
    umount "$SCRATCH_PLACE/storage/overlay" 2>>unmounted || true
    return "$status"
}
trap 'unmount && clean_up || clean_up' EXIT
make_debian bookworm base.tar
container=$(buildah "${storage[@]}" from scratch)
quietly buildah "${storage[@]}" add "$container" base.tar /
quietly buildah "${storage[@]}" commit "$container" localhost/debian
quietly buildah "${storage[@]}" build --build-arg DEBIAN=localhost/debian \
    -t localhost/bauser-batch "$SOURCE"
container=$(buildah "${storage[@]}" from localhost/bauser-batch)
root=$(buildah "${storage[@]}" mount "$container")

buildah "${storage[@]}" inspect --type image localhost/bauser-batch |
    jq -c '.OCIv1.config | [.User, .WorkingDir, .Entrypoint]' >config
expect_file config <<<'["65532:65532","/data",["/usr/local/bin/bauser-batch"]]'
for absent in usr/bin/gcc usr/bin/make source image; do
    [ ! -e "$root/$absent" ] || fail "the image contains /$absent"
done
jq -e '.spdxVersion == "SPDX-2.3"' \
    "$root/usr/local/share/doc/bauser-batch/bauser-batch.spdx.json" >out

sim_start
mkdir data
printf "Id,$TITLE\n${U}01,x\n${U}02,y\n" >data/in.csv
chown -R 65532:65532 data

# image ARGUMENT...: becomes process 1 in the file system of the image.
# shellcheck disable=SC2016 # expanded by the inner shell
image() {
    exec unshare --mount --pid --fork --kill-child bash -euc '
        mount --bind -o ro "$0" "$0"
        mount --bind "$1" "$0/data"
        mount --bind -o ro /dev "$0/dev"
        mount -t proc proc "$0/proc"
        cd /
        exec chroot --userspec=65532:65532 "$0" /usr/bin/env -i -C /data \
            BAUSER_ACCESS_TOKEN=sim-access-token \
            BAUSER_DEVELOPER_TOKEN=sim-developer-token \
            /usr/local/bin/bauser-batch "${@:2}"
    ' "$root" "$PWD/data" "$@"
}
(image --version) >out || fail "$(<out)"
faults '{"kind":"stall","call":"UpdateUser","when":"after"}'
is_stalled() {
    expect_counts UpdateUser=1 in_flight=1
}
# begin: starts a run whose first update stalls, and sets its process id.
begin() {
    image --endpoint "$SERVICE" --concurrency 1 --drain "$1" "${@:2}" \
        in.csv out.csv 2>err &
    parent=$!
    wait_until is_stalled
    program=$(tr -d ' ' <"/proc/$parent/task/$parent/children")
    grep -q '^NSpid:.*[[:space:]]1$' "/proc/$program/status" ||
        fail 'the program is not process 1'
    grep -q '^Uid:[[:space:]]*65532' "/proc/$program/status" ||
        fail 'the program has another user'
}
# ended STATUS
ended() {
    local status=0
    wait "$parent" || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
}
begin 1
kill -TERM "$program"
ended 5
grep -q 'to resume: ' err || fail 'no command to resume'
forget_calls
faults '{"kind":"stall","call":"UpdateUser","when":"after"}'
begin 3600 --resume
kill -TERM "$program"
wait_until grep -q 'stopping after the users in flight' err
is_dead() {
    ! kill -TERM "$program"
}
wait_until is_dead
ended 143
faults
(image --endpoint "$SERVICE" --resume in.csv out.csv) 2>err || fail "$(<err)"
expect_counts most_applied=1
[ "$(stat -c '%u %a' data/out.csv)" = '65532 600' ]
cut -d , -f 3 data/out.csv | expect_file <(printf '%s\n' Status Updated Updated)
