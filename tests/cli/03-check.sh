#!/bin/bash
# --check makes no call and needs no credentials. Every row is Valid or Failed,
# in OUTPUT or, without OUTPUT, on standard error.
# services: rest partner-center
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start
unset BAUSER_ACCESS_TOKEN BAUSER_DEVELOPER_TOKEN

cat >in.csv <<END
Id,$TOWN,$BAD
${U}01,Rome,
9.1E+18,Rome,
${U}02,,$BAD_VALUE
${U}03,delete_value,
END
run 1 --check in.csv out.csv
expect_columns out.csv Row Id Status ErrorName Field Retryable Attempts <<END
1|${U}01|Valid||||0
2|9.1E+18|Failed|InvalidId|Id|no|0
3|${U}02|Failed|$BAD_ERROR|$BAD|no|0
4|${U}03|Valid||||0
END
sed '/warning: .*SOAP ends/d; s/[0-9]*\.[0-9] /N /g' err >messages
expect_file messages <<END
bauser-batch: 4 rows: 2 Valid, 2 Failed; N s, N rows/s
bauser-batch: 1 × InvalidId (Id), first in row 2
bauser-batch: 1 × $BAD_ERROR ($BAD), first in row 3
bauser-batch: to list the rows without success: grep ,Failed, out.csv
END
expect_counts calls=0 connections_opened=0

run 1 --check in.csv
expect_stderr 'in.csv: row 2, line 3: ' InvalidId \
    'in.csv: row 3, line 4: ' "$BAD_ERROR"
[ ! -s out ]
