#!/bin/bash
# The check of envelopes accepts valid ones. It rejects a wrong order, version,
# namespace, nil or value, and missing elements.
. "${0%/*}/../lib.sh"

"$PYTHON" -ESB "$TESTS/soap/try_check.py"
