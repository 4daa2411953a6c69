#!/bin/bash
# --dry-run sends no UpdateUser and reports what would change. --diff lists each
# changed cell with the row whose value wins.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

write_user 01 "$TITLE_PATH = \"Old, \\\"title\\\"\" | $TOWN_PATH = \"Rome\" |
    $LINE_PATH = null"
write_user 02 "$TITLE_PATH = \"Same\""
cat >in.csv <<END
Id,$TITLE,$TOWN,$LINE,$BAD,$GUARD
${U}01,Early,Oslo,,,
${U}02,Same,,,,
${U}01,Späti,,New,,
${U}03,New,,,,wrong
${U}01,,,,$BAD_VALUE,
END
users_before 01 3
forget_calls
run 1 --dry-run --diff diff.csv in.csv out.csv

expect_run in.csv out.csv dry-run
expect_columns out.csv Row Status Field Attempts <<END
1|WouldUpdate||1
2|Unchanged||1
3|WouldUpdate||1
4|Conflict|$GUARD|1
5|Failed|$BAD|1
END
sort diff.csv | expect_file <(sort <<END
Row,Id,Column,Old,New
1,${U}01,$TOWN,Rome,Oslo
3,${U}01,$LINE,,New
3,${U}01,$TITLE,"Old, ""title""",Späti
END
)
[ "$(stat -c %a diff.csv)" = 600 ]
expect_no_file diff.csv.part out.csv.part
expect_counts GetUser=3 UpdateUser=0 applied=0
expect_stderr '5 rows: 2 WouldUpdate, 1 Unchanged, 1 Failed, 1 Conflict;'

# --diff and OUTPUT must be different files.
for diff in out.csv ./out.csv out.csv.part; do
    run 2 --dry-run --diff "$diff" in.csv out.csv
done
