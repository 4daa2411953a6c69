#!/bin/bash
# It is not known whether null clears a value of Partner Center. If it does not,
# no row that clears a value is reported as Updated, the message names the
# column, and --reconcile reports the difference. Other rows are not affected.
# services: partner-center
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"
for n in 01 02 03 04; do
    write_user "$n" "$TITLE_PATH = \"Title\" | $LINE_PATH = \"1\""
done
control settings -d '{"null_keeps":true}' >settings.response

d=delete_value
cat >in.csv <<END
Id,$TITLE,$LINE
${U}01,Director,
${U}02,,$d
${U}03,Director,$d
${U}04,,2
END
fast_clock 20 run 7 --timeout 5 --retries 1 in.csv out.csv
expect_columns out.csv Status ErrorName Changed <<END
Updated||$TITLE
Unknown|UnexpectedResponse|
Unknown|UnexpectedResponse|
Updated||$LINE
END
[ "$(grep -c "the user without the change of $LINE" out.csv)" -eq 2 ]
expect_counts most_applied=1
expect_user 02 "$LINE_PATH" '"1"'
run 1 --reconcile in.csv drift.csv
expect_columns drift.csv Status Changed <<END
Match|
Drift|$LINE
Drift|$LINE
Match|
END
