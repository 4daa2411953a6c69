#!/bin/bash
# A failed call is repeated, at most --retries times while other calls succeed.
# One message lists all failures of a row. A row whose call succeeds in time is
# Updated.
# services: rest soap-v13 partner-center
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {10..13}; do
        echo "$U$n,Title"
    done
} >in.csv
# fails NN TIMES FAULT: prints a rule for user NN.
fails() {
    echo "{\"id\":\"$U$1\",\"times\":$2,$3}"
}

# User 10 cannot be read. User 11 can be read at the third attempt. User 12
# cannot be updated, and is read back each time. User 13 has no fault.
users_before 10 4
faults "$(fails 10 1 '"kind":"reset","call":"GetUser"')" \
    "$(fails 10 0 '"kind":"status","call":"GetUser"')" \
    "$(fails 11 2 '"kind":"status","status":500,"call":"GetUser"')" \
    "$(fails 12 0 '"kind":"status","call":"UpdateUser"')"
run 7 --concurrency 1 --retries 2 --timeout 2 in.csv out.csv
# At the end, user 12 is read twice more, on a busy machine perhaps once.
columns out.csv Status ErrorName HttpStatus Retryable Attempts |
    sed '/^Unknown/ s/8$/9/' | expect_file <(cat <<END
Failed|HttpError|503|yes|3
Updated||200||4
Unknown|HttpError|503|yes|9
Updated||200||2
END
)
columns out.csv ErrorMessage | sed -E 's/in [0-9.]+ m?s$/in T/' |
    expect_file <(cat <<END
unexpected response with HTTP status 503: empty (0 bytes of text/plain); all failures: connection lost once, HTTP 503 twice, in T

unexpected response with HTTP status 503: empty (0 bytes of text/plain); all failures: HTTP 503 three times, in T

END
)
# Before the last retry of users 10 and 11, a probe may show that others pass.
expect_counts applied=2 'GetUser>=12' 'GetUser<=15' UpdateUser=5
grep -qE ' 4 rows: 2 Updated, 1 Failed, 1 Unknown; (1[789]|20) calls, [89] retries;' err

# Without retries, the first failure is final once another call has succeeded.
control users -X DELETE >reset
forget_calls
faults "$(fails 10 0 '"kind":"status"')"
run 1 --concurrency 1 --retries 0 in.csv out.csv
columns out.csv Status | expect_file <(
    printf '%s\n' Failed Updated Updated Updated
)
expect_counts applied=3
