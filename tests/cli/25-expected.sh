#!/bin/bash
# Expect.COLUMN permits an update only if the column has the expected value, or
# the row's value already. Changes of other columns do not matter. A mismatch,
# also after another program's write, makes the rows of the user Conflict.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

for n in 01 02 03 04 05 06 07; do
    write_user "$n" "$TITLE_PATH = \"Old\" | $TOWN_PATH = \"Bonn\""
done
write_user 05 "$TITLE_PATH = null"
users 01 7 >before
forget_calls
cat >in.csv <<END
Id,$TITLE,$TOWN,Expect.$TITLE,Expect.$TOWN
${U}01,New,,Old,Bonn
${U}02,New,Ulm,old,Bonn
${U}03,New,Bonn,Old,Graz
${U}04,New,,,Graz
${U}05,New,,delete_value,
${U}06,New,,delete_value,
${U}07,New,,Old,
${U}07,Newer,,New,
END

# A dry run reports the same as a run.
for mode in --dry-run --no-progress; do
    run 1 "$mode" in.csv out.csv
    sed -i 's/,WouldUpdate,/,Updated,/' out.csv
    expect_columns out.csv Status ErrorName Field Retryable Changed <<END
Updated||||$TITLE
Conflict|GuardMismatch|$TITLE|no|
Updated||||$TITLE
Conflict|GuardMismatch|$TOWN|no|
Updated||||$TITLE
Conflict|GuardMismatch|$TITLE|no|
Updated||||$TITLE
Updated||||$TITLE
END
done
expect_counts applied=4 most_applied=1 refused=0
expect_user 02 "[$TITLE_PATH, $TOWN_PATH]" '["Old","Bonn"]'
expect_user 07 "$TITLE_PATH" '"Newer"'

# The same file again changes nothing: the users have the rows' values.
forget_calls
run 1 in.csv out.csv
expect_columns out.csv Status <<END
Unchanged
Conflict
Unchanged
Conflict
Unchanged
Conflict
Unchanged
Unchanged
END
expect_counts UpdateUser=0

# --reconcile compares the columns to set only, --ignore-guards compares none.
run 1 --reconcile in.csv out.csv
expect_columns out.csv Status <<END
Match
Drift
Match
Drift
Match
Drift
Match
Match
END
run 0 --ignore-guards in.csv out.csv
expect_user 02 "[$TITLE_PATH, $TOWN_PATH]" '["New","Ulm"]'

# Another program writes between GetUser and UpdateUser: another column, or the
# expected one.
another_writes() {
    faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"times\":1,
        \"patch\":$(object "$1")}"
}
printf "Id,$TITLE,Was\n${U}01,Chief,New\n" >in.csv
another_writes "$TOWN_PATH = \"Graz\""
run 0 --map "Was=Expect.$TITLE" in.csv out.csv
expect_columns out.csv Status Attempts <<<'Updated|4'
expect_user 01 "[$TITLE_PATH, $TOWN_PATH]" '["Chief","Graz"]'
printf "Id,$TITLE,Expect.$TITLE\n${U}01,Boss,Chief\n" >in.csv
another_writes "$TITLE_PATH = \"Theirs\""
run 1 in.csv out.csv
expect_columns out.csv Status Field Attempts <<<"Conflict|$TITLE|3"
expect_user 01 "$TITLE_PATH" '"Theirs"'

# A user in two windows: the second row expects what the first one sets.
cat >in.csv <<END
Id,$TITLE,Expect.$TITLE
${U}03,One,New
${U}04,Two,New
${U}05,Three,New
${U}03,Four,One
END
run 0 --window 1 --concurrency 1 in.csv out.csv
expect_user 03 "$TITLE_PATH" '"Four"'

# An expected value that no file could set is compared, and is not damaged.
write_user 06 "$TOWN_PATH = \"#N/A\""
printf "Id,$TOWN,Expect.$TOWN\n${U}06,Ulm,#N/A\n" >in.csv
run 0 in.csv out.csv
expect_user 06 "$TOWN_PATH" '"Ulm"'
