#!/bin/bash
# delete_value clears a value, and an empty cell keeps it. A value that is
# already empty needs no update. Clearing a column that cannot be cleared fails
# the row.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

for n in 01 02 03; do
    write_user "$n" "$TITLE_PATH = \"Title\" | $TOWN_PATH = \"Rome\""
done
write_user 04 "$TITLE_PATH = null | $TOWN_PATH = null"
write_user 05 "$TITLE_PATH = \"\" | $TOWN_PATH = \"\""
forget_calls

d=delete_value
cat >in.csv <<END
Id,$TITLE,$TOWN,$LINE
${U}01,$d,$d,
${U}02,,,
${U}03,Director,no $d,
${U}04,$d,$d,
${U}05,$d,$d,
END
users_before 01 5
run 0 in.csv out.csv
expect_run in.csv out.csv
expect_columns out.csv Status Changed <<END
Updated|$TOWN;$TITLE
Unchanged|
Updated|$TOWN;$TITLE
Unchanged|
Unchanged|
END
expect_user 01 "[$TITLE_PATH, $TOWN_PATH]" '[null,null]'
expect_user 03 "[$TITLE_PATH, $TOWN_PATH]" '["Director","no delete_value"]'
expect_counts UpdateUser=2 applied=2 refused=0

# With another clear token, delete_value is an ordinary value.
printf "Id,$TITLE,$TOWN\n${U}02,#leer#,delete_value\n" >in.csv
run 0 --clear-token '#leer#' in.csv out.csv
expect_user 02 "[$TITLE_PATH, $TOWN_PATH]" '[null,"delete_value"]'

forget_calls
printf "Id,$TITLE,$GUARD\n$d,x,\n" >in.csv
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Field <<<'Failed|NotClearable|Id'
expect_counts calls=0
