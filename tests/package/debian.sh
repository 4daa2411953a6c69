#!/bin/bash
# The Debian package builds twice to the same bytes and without a remark of
# lintian. In a fresh Debian it installs, applies the sample to its simulator,
# and leaves nothing behind when it is purged.
source=$(cd "${0%/*}/../.." && pwd)
. "${0%/*}/../lib.sh"

skip() {
    echo "skipped: $*"
    exit 77
}
for tool in dpkg-buildpackage dh lintian mmdebstrap; do
    [ "$(type -t "$tool")" ] || skip "$tool is not installed"
done
[ "$EUID" = 0 ] || skip 'only root can build a fresh Debian'

# build DIRECTORY: builds the package of a copy of the source in a directory.
build() {
    mkdir -p "$1"
    tar -C "$source" --exclude=./build --exclude=./.git --exclude=./bauser-batch \
        --exclude=./bauser-sim -c . | tar -C "$1" -x
    (cd "$1" && dpkg-buildpackage -us -uc -b) >"$1.log" 2>&1 ||
        fail "$(tail -n 20 "$1.log")"
}
# The unit tests run in the first build.
build one/bauser-batch
grep -qE '^[0-9]+ passed, 0 failed' one/bauser-batch.log ||
    fail 'the build ran no tests'
DEB_BUILD_OPTIONS=nocheck build two/another-name
for package in one/*.deb; do
    cmp "$package" "two/${package#*/}" || fail "$package depends on the build"
done
lintian --allow-root --fail-on error,warning one/*.changes >remarks 2>&1 ||
    fail "lintian: $(<remarks)"

mmdebstrap --quiet --variant=minbase bookworm fresh 2>log || fail "$(<log)"
cp one/bauser-batch_*.deb fresh/package.deb
in_fresh() {
    chroot fresh env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" >out 2>&1 ||
        fail "$*: $(<out)"
}
in_fresh apt-get install -y --no-install-recommends /package.deb
in_fresh bauser-batch --version
in_fresh sh /usr/share/doc/bauser-batch/examples/demo
grep -q '20 rows: 12 Updated' out || fail "the demo prints: $(<out)"
in_fresh sh -c 'dpkg -L bauser-batch | grep -v /usr/share/doc >/installed'
for file in /usr/bin/bauser-batch /usr/bin/bauser-sim \
    /usr/share/man/man1/bauser-batch.1.gz /usr/share/man/man1/bauser-sim.1.gz \
    /usr/share/man/man5/bauser-batch.5.gz /usr/share/man/man7/bauser-batch.7.gz \
    /lib/systemd/system/bauser-batch@.service; do
    grep -qxF "$file" fresh/installed || fail "the package lacks $file"
done
in_fresh apt-get purge -y bauser-batch
while read -r file; do
    [ -d "fresh$file" ] || [ ! -e "fresh$file" ] || fail "purge leaves $file"
done <fresh/installed
