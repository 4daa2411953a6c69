#!/bin/bash
# Each line of docs/ASSUMPTIONS.md has a test or a reason, each test has a line,
# and the files where the program depends on it exist.
. "${0%/*}/../lib.sh"
cd "${TESTS%/*}"
"$PYTHON" -ESB - <<'END_OF_PYTHON'
import re
import sys

sys.path.insert(0, "tests/live")
import check_assumptions
import probes
from tokens import SIGN_IN

rows = check_assumptions.read_list()
names = [row[0] for row in rows]
tested = {row[0] for row in rows if row[4]}
probed = {name for probe in probes.PROBES for name in probe.names}
assert len(names) == len(set(names)) > 40, "a name occurs twice"
assert tested == probed | set(SIGN_IN), tested ^ (probed | set(SIGN_IN))
assert all(set(row[1]) <= {"all", "advertising", "rest", "soap",
                           "partner-center"} for row in rows)
END_OF_PYTHON
grep -oE '`(src|docs)/[^`]*`' docs/ASSUMPTIONS.md | tr -d '`' |
    while read -r file; do
        [ -e "$file" ] || fail "docs/ASSUMPTIONS.md names $file"
    done
