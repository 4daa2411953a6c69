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

# build DIRECTORY: builds the package there.
build() {
    "$source/tools/build-deb" "$1" >"${1%%/*}.log" 2>&1 ||
        fail "$(tail -n 20 "${1%%/*}.log")"
}
# The unit tests run in the first build.
build one/bauser-batch
grep -qE '^[0-9]+ passed, 0 failed' one.log || fail 'the build ran no tests'
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
in_fresh apt-get update
in_fresh apt-get install -y --no-install-recommends /package.deb
in_fresh bauser-batch --version
in_fresh sh /usr/share/doc/bauser-batch/examples/demo
grep -q '20 rows: 12 Updated' out || fail "the demo prints: $(<out)"
in_fresh sh -c 'dpkg -L bauser-batch >/files
    grep -v /usr/share/doc /files >/installed'
while read -r file; do
    grep -qxE "$file(\.gz)?" fresh/files || fail "the package lacks $file"
done <<'END'
/usr/bin/bauser-batch
/usr/bin/bauser-sim
/usr/share/man/man1/bauser-batch.1
/usr/share/man/man1/bauser-sim.1
/usr/share/man/man5/bauser-batch.5
/usr/share/man/man7/bauser-batch.7
/usr/share/bash-completion/completions/bauser-batch
/usr/share/zsh/vendor-completions/_bauser-batch
/usr/share/fish/vendor_completions.d/bauser-batch.fish
/lib/systemd/system/bauser-batch@.service
/usr/share/doc/bauser-batch/README.md
/usr/share/doc/bauser-batch/SECURITY.md
/usr/share/doc/bauser-batch/changelog
/usr/share/doc/bauser-batch/copyright
/usr/share/doc/bauser-batch/summary.schema.json
/usr/share/doc/bauser-batch/bauser-batch.spdx.json
END
# The usual protection against faults of memory: full RELRO, stack protection,
# fortified functions, PIE.
objdump -xT fresh/usr/bin/bauser-batch >objdump
grep -qE 'BIND_NOW|FLAGS .*0x0*8$' objdump && grep -q ' RELRO ' objdump &&
    grep -q __stack_chk_fail objdump && grep -qE '__[a-z]+_chk' objdump &&
    grep -qE 'FLAGS_1 .*0x0*8000001$' objdump || fail 'the program is not hardened'
in_fresh apt-get purge -y bauser-batch
while read -r file; do
    [ -d "fresh$file" ] || [ ! -e "fresh$file" ] || fail "purge leaves $file"
done <fresh/installed
