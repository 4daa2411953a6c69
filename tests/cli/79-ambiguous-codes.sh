#!/bin/bash
# The meaning of an ambiguous error number is found from evidence: the name in
# the error, a changed TimeStamp, the columns of the rows.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

# apply_under STATUS ERROR COLUMNS: applies a row of user 10; its update is
# rejected with ERROR.
apply_under() {
    control users -X DELETE >reset
    forget_calls
    printf "Id,$3\n${U}10,x,x\n" >in.csv
    faults "{\"kind\":\"error\",\"call\":\"UpdateUser\",$2}"
    run "$1" in.csv out.csv
}

# 209 means a stale TimeStamp or an invalid postal code. If the TimeStamp is
# unchanged, it means the postal code, unless the error has the name of the
# TimeStamp.
apply_under 1 '"code":209' JobTitle,PostalCode
expect_columns out.csv Status ErrorCode ErrorName Field Retryable Attempts \
    <<<'Failed|209||PostalCode|no|3'
expect_counts GetUser=2 UpdateUser=1 applied=0
apply_under 0 '"code":209,"shape":"AdApiFaultDetail"' JobTitle,PostalCode
expect_columns out.csv Status Attempts <<<'Updated|4'
expect_counts GetUser=2 UpdateUser=2 applied=1
faults '{"kind":"interfere","call":"UpdateUser"}'
printf "Id,PostalCode\n${U}11,x\n" >in.csv
run 0 in.csv out.csv
expect_columns out.csv Status Attempts <<<'Updated|4'

# 207 means too many concurrent calls or an invalid Line3. 205 means an
# unsupported version or an invalid Line1. Without a name, 207 means the line if
# it is repeated. 205 means the line at once, because GetUser accepted the
# version. Field is set only if the row sets the column.
apply_under 0 '"code":207' JobTitle,Line3
expect_columns out.csv Status Attempts <<<'Updated|4'
apply_under 1 '"times":0,"code":207' JobTitle,Line3
expect_columns out.csv Status ErrorCode ErrorName Field Retryable Attempts \
    <<<'Failed|207||Line3|no|9'
apply_under 1 '"code":205' JobTitle,Line1
expect_columns out.csv Status ErrorCode ErrorName Field Retryable Attempts \
    <<<'Failed|205||Line1|no|3'
apply_under 1 '"code":205' JobTitle,City
expect_columns out.csv Status ErrorCode ErrorName Field Retryable Attempts \
    <<<'Failed|205|||no|3'
apply_under 5 '"code":205,"shape":"AdApiFaultDetail"' JobTitle,Line1
expect_stderr InvalidVersion
rm out.csv.*
apply_under 0 '"code":207,"shape":"AdApiFaultDetail"' JobTitle,Line3
expect_columns out.csv Status Attempts <<<'Updated|3'
