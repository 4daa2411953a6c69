#!/bin/bash
# A number that means two errors is told by evidence: the name that comes with
# it, a TimeStamp that has changed, the columns of the rows.
# services: rest soap-v13
# acceptance: advertising
. "${0%/*}/../lib.sh"
sim_start

# apply_under STATUS ERROR COLUMNS: user 10's row, with its update refused once.
apply_under() {
    control users -X DELETE >reset
    forget_calls
    printf "Id,$3\n${U}10,x,x\n" >in.csv
    faults "{\"kind\":\"error\",\"call\":\"UpdateUser\",$2}"
    run "$1" in.csv out.csv
}

# 209: a TimeStamp that has changed, or a postal code. It has not changed; with
# the name it is a TimeStamp all the same.
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

# 207: too many calls at once, or an address line; 205: a version that is gone,
# or another line. By number alone, 207 is a line where it comes again and again,
# 205 at once, for the version was good for GetUser; Field only if the row set it.
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
