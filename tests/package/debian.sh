#!/bin/bash
# The Debian package needs no other packages for its build than those that it
# names. It builds twice to the same bytes and without a remark of lintian. In a
# fresh Debian it installs, applies the sample to its simulator, and leaves nothing
# behind when it is purged.
. "${0%/*}/../lib.sh"
. "${0%/*}/fresh.inc"
need mmdebstrap lintian

make_debian bookworm fresh
cp -ax fresh builder
prepare_builder builder
# The unit tests run in the first build.
build_package builder /one/bauser-batch
grep -qE '^[0-9]+ passed, 0 failed' out || fail "the build ran no tests"
build_package builder /two/another-name nocheck
for package in builder/one/*.deb; do
    cmp "$package" "builder/two/${package##*/}" || fail "$package depends on the build"
done
lintian --allow-root --fail-on error,warning builder/one/*.changes >remarks 2>&1 ||
    fail "lintian: $(<remarks)"

cp builder/one/bauser-batch_*.deb fresh/package.deb
in_fresh() {
    in_debian fresh "$@"
}
in_fresh apt-get update
in_fresh apt-get install -y --no-install-recommends /package.deb
in_fresh bauser-batch --version
grep -q hiredis out || fail "the package lacks --budget: $(<out)"
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
/lib/systemd/system/bauser-batch-failed@.service
/usr/share/doc/bauser-batch/README.Debian
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
