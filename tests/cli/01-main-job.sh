#!/bin/bash
# A gzip file of updates is applied row by row, and the result reports each row.
# services: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

cat >in.csv <<END
Id,$TOWN,$TITLE
${U}01,Nürnberg,Head of Everything
${U}02,,"Says ""no"", mostly"
${U}03,Aarhus,delete_value
END
gzip in.csv
run 0 in.csv.gz out.csv

expect_columns out.csv Row Id Status Retryable HttpStatus Attempts Changed <<END
1|${U}01|Updated||200|2|$TOWN;$TITLE
2|${U}02|Updated||200|2|$TITLE
3|${U}03|Updated||200|2|$TOWN;$TITLE
END
head -n 1 out.csv | expect_file <(echo "Row,Id,Status,LastModifiedTime,\
ErrorCode,ErrorName,ErrorMessage,Field,Retryable,HttpStatus,TrackingId,\
Attempts,Changed,Note")
expect_user 01 "[$TOWN_PATH, $TITLE_PATH]" '["Nürnberg","Head of Everything"]'
expect_user 02 "$TITLE_PATH" '"Says \"no\", mostly"'
expect_user 03 "[$TOWN_PATH, $TITLE_PATH]" '["Aarhus",null]'
expect_counts calls=6 GetUser=3 UpdateUser=3 applied=3 refused=0

# LastModifiedTime and TrackingId are those of the service.
for n in 01 02 03; do
    modified "$n"
done >modified
columns out.csv LastModifiedTime | expect_file modified
control record | jq -r 'select(.applied) | .tracking' | sort >tracking
columns out.csv TrackingId | sort | expect_file tracking

# Only the result is left, and only its owner can read it.
[ "$(stat -c %a out.csv)" = 600 ]
expect_no_file out.csv.part out.csv.journal
[ ! -s out ]
sed 's/[0-9]*\.[0-9] /N /g; /, endpoint /d; /: estimate: /d' err | expect_file <(
    # A run with SOAP begins with a warning that it ends.
    case $API in
    soap-v13) echo 'bauser-batch: warning: SOAP ends on 2027-01-31; use --api rest' ;;
    soap-v12) echo 'bauser-batch: warning: v12 may no longer respond, and SOAP ends on 2027-01-31; use --api rest' ;;
    soap-v11) echo 'bauser-batch: warning: v11 was shut down in 2018, and SOAP ends on 2027-01-31; use --api rest' ;;
    esac
    echo 'bauser-batch: 3 rows: 3 Updated; 6 calls, 0 retries; N s, N rows/s'
)
