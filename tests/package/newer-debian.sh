#!/bin/bash
# In Debian 13, with its newer compiler and libraries, the program builds without a
# warning, all tests pass that run for REST, and the demo works.
. "${0%/*}/../lib.sh"
. "${0%/*}/fresh.inc"
need mmdebstrap

make_debian trixie fresh make,gcc
copy_source fresh/source
# It installs what it needs, as on any Debian.
inside fresh make -C /source check SERVICES=rest ${ONLY:+ONLY="$ONLY"} \
    >out 2>&1 || fail "$(grep -vE '^[0-9]+ of [0-9]+ done' out | tail -n 200)"
grep -E '^(SKIPPED|[0-9]+ passed)' out
in_debian fresh /source/bauser-batch --version
cat out
in_debian fresh make -C /source demo
grep -q '20 rows: 12 Updated' out || fail "the demo prints: $(<out)"
