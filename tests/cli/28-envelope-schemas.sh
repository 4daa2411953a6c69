#!/bin/bash
# The check of envelopes takes valid ones for valid, and refuses each of many
# that are wrong: order, versions, namespaces, nil, values, what is missing.
. "${0%/*}/../lib.sh"

"$PYTHON" -ESB "$TESTS/soap/try_check.py"
