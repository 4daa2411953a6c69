#!/bin/bash
# --dry-run sends no UpdateUser and says what would change; --diff writes it
# cell by cell, each with the row whose cell won.
. "${0%/*}/../lib.sh"
sim_start

control "users/${U}01" -X PATCH -d '{"JobTitle":"Old, \"title\"","Lcid":null,
    "ContactInfo":{"ContactByPhone":true,"Address":{"City":"Rome"}}}' >user
control "users/${U}02" -X PATCH -d '{"JobTitle":"Same"}' >user
cat >in.csv <<END
Id,JobTitle,City,ContactByPhone,Lcid,CustomerId
${U}01,Early,Oslo,0,,
${U}02,Same,,,,
${U}01,Späti,,,frenchfrance,
${U}03,New,,,,1
${U}01,,,,nonsense,
END
users_before 01 3
forget_calls
run 1 --dry-run --diff diff.csv in.csv out.csv

expect_columns out.csv Row Status Field Attempts Changed <<END
1|WouldUpdate||1|City;ContactByPhone;JobTitle;Lcid
2|Unchanged||1|
3|WouldUpdate||1|City;ContactByPhone;JobTitle;Lcid
4|Conflict|CustomerId|1|
5|Failed|Lcid|0|
END
expect_file diff.csv <<END
Row,Id,Column,Old,New
1,${U}01,City,Rome,Oslo
1,${U}01,ContactByPhone,true,false
3,${U}01,JobTitle,"Old, ""title""",Späti
3,${U}01,Lcid,,FrenchFrance
END
[ "$(stat -c %a diff.csv)" = 600 ]
expect_no_file diff.csv.part out.csv.part
expect_counts GetUser=3 UpdateUser=0 applied=0
expect_run in.csv out.csv dry-run
expect_stderr '5 rows: 2 WouldUpdate, 1 Unchanged, 1 Failed, 1 Conflict;'

# Two files are not one.
for diff in out.csv ./out.csv out.csv.part; do
    run 2 --dry-run --diff "$diff" in.csv out.csv
done
