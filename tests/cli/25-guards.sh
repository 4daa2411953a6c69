#!/bin/bash
# A guard that does not match makes all rows of its user Conflict, and nothing
# is sent. A guard that matches, or an empty cell, permits the update.
# services: rest soap-v13 partner-center
# acceptance: all
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

for n in 01 02 03 04; do
    write_user "$n" "$GUARD_PATH = \"same\""
done
write_user 05 "$GUARD_PATH = null"
forget_calls
cat >in.csv <<END
Id,$TITLE,$TOWN,$GUARD
${U}01,Ours,,same
${U}02,Ours,,Same
${U}02,,Bonn,
${U}03,Ours,,
${U}04,Ours,,delete_value
${U}05,Ours,,delete_value
${U}01,,Bonn,same
END
users_before 1 6
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Field Retryable Attempts Changed <<END
Updated||||2|$TOWN;$TITLE
Conflict|GuardMismatch|$GUARD|no|1|
Conflict|GuardMismatch|$GUARD|no|1|
Updated||||2|$TITLE
Conflict|GuardMismatch|$GUARD|no|1|
Updated||||2|$TITLE
Updated||||2|$TOWN;$TITLE
END
expect_run in.csv out.csv
expect_counts GetUser=5 UpdateUser=3 applied=3

# With --ignore-guards, all rows are applied.
forget_calls
run 0 --ignore-guards in.csv out.csv
expect_user 02 "[$TITLE_PATH, $TOWN_PATH]" '["Ours","Bonn"]'
expect_user 04 "$TITLE_PATH" '"Ours"'
expect_counts UpdateUser=2 applied=2 refused=0
