#!/bin/bash
# --dry-run --plan FILE has one row for each user that would change, with the
# values that they have as Expect.COLUMN. --approve applies exactly this file:
# then the users are as INPUT wanted them. Those that others have changed in a
# planned column are Conflict.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

for n in {01..09}; do
    write_user "$n" "$TITLE_PATH = \"Old $n\" | $TOWN_PATH = \"Bonn\""
done
write_user 04 "$TITLE_PATH = null"
write_user 05 "$TITLE_PATH = \"=1+1, \\\"x\\\"\" | $TOWN_PATH = \"#N/A\""
write_user 06 "$TITLE_PATH = \"delete_valve\""
values="[$TITLE_PATH, $TOWN_PATH, $LINE_PATH]"
users 01 9 | jq -c "$values" >before
forget_calls
cat >in.csv <<END
Id,$TITLE,$TOWN,$GUARD,_comment
${U}01,New,,,one
${U}02,"two, ""2""",delete_value,,
${U}03,Old 03,Ulm,,
${U}04,New,Bonn,,
${U}05,New,#N/A,,
${U}06,New,Ulm,,
${U}07,Old 07,,,
${U}08,New,,wrong,
$NOBODY,New,,,
${U}01,,Ulm,,
${U}03,,Bonn,,
${U}09,Old 09,Ulm,,
${U}01,Newer,,,
END

# expect_plan: plan.csv has this content.
expect_plan() {
    expect_columns plan.csv Id "$TITLE" "Expect.$TITLE" "$TOWN" "Expect.$TOWN"
}

# Rows of the users 01 and 03 are in several windows. In the last of them, user
# 03 gets back what they have.
run 1 --dry-run --window 2 --plan plan.csv in.csv out.csv
sha=$(sha256sum plan.csv | cut -d ' ' -f 1)
expect_stderr "plan: 5 users in plan.csv, SHA-256 $sha" \
    'plan: 3 rows would fail, and are not in it' \
    'estimate: at most 13 users, at most 13 calls, ' \
    'estimate of applying it: 5 users, 5 to 10 calls, ' \
    'to apply the plan, after you have reviewed plan.csv: ' \
    " --approve $sha " ' plan.csv plan.csv.result.csv'
jq -e ".plan.sha256 == \"$sha\" and .plan.source_rows == 13" \
    out.csv.summary.json >found
cat >plan.rows <<END
${U}01|Newer|Old 01|Ulm|Bonn
${U}02|two, "2"|Old 02|delete_value|Bonn
${U}04|New|delete_value||
${U}05|New|=1+1, "x"||
${U}09|||Ulm|Bonn
END
expect_plan <plan.rows
expect_columns out.csv Row Status ErrorName <<END
1|WouldUpdate|
2|WouldUpdate|
3|WouldUpdate|
4|WouldUpdate|
5|WouldUpdate|
6|Failed|NotExpectable
7|Unchanged|
8|Conflict|GuardMismatch
9|Failed|$NOT_THERE
10|WouldUpdate|
11|Unchanged|
12|WouldUpdate|
13|WouldUpdate|
END
[ "$(stat -c %a plan.csv)" = 600 ] || fail "others can read plan.csv"
expect_no_file plan.csv.part plan.csv.journal
expect_counts UpdateUser=0
cp err plan.err

# Another dry run replaces FILE, with the same bytes.
cp plan.csv first.csv
run 1 -qn --concurrency 1 --plan plan.csv --window 2 in.csv out.csv
cmp plan.csv first.csv

# Others change another column of one user, and a planned one of another user.
write_user 01 "$LINE_PATH = \"Theirs\""
write_user 02 "$TOWN_PATH = \"Theirs\""
forget_calls

# An edited plan is rejected before any call.
sed 's/Newer/Newest/' plan.csv >edited.csv
run 3 --approve "$sha" edited.csv back.csv
expect_stderr "$sha" "$(sha256sum edited.csv | cut -d ' ' -f 1)" \
    'edited.csv is not the approved file'
run 3 --approve "$sha" - back.csv <edited.csv
cat edited.csv | run 3 --approve "$sha" - back.csv
expect_stderr 'standard input is not the approved file'
expect_no_file back.csv back.csv.part back.csv.journal
expect_counts calls=0

# The printed command works when it is pasted.
sed -n 's/^bauser-batch: to apply the plan[^:]*: //p' plan.err >next.sh
[ "$(wc -l <next.sh)" = 1 ]
status=0
bash next.sh 2>err || status=$?
[ "$status" = 1 ] || fail "exit status $status"
expect_stderr 'estimate: 5 users, 5 to 10 calls, '
expect_columns plan.csv.result.csv Id Status Field <<END
${U}01|Updated|
${U}02|Conflict|$TOWN
${U}04|Updated|
${U}05|Updated|
${U}09|Updated|
END
expect_user 01 "$values" '["Newer","Ulm","Theirs"]'
expect_user 02 "[$TITLE_PATH, $TOWN_PATH]" '["Old 02","Theirs"]'
expect_user 04 "$TITLE_PATH" '"New"'
expect_user 05 "[$TITLE_PATH, $TOWN_PATH]" '["New","#N/A"]'
expect_user 09 "$TOWN_PATH" '"Ulm"'
users 03 1 | jq -c "$values" | diff - <(sed -n 3p before)
users 06 3 | jq -c "$values" | diff - <(sed -n 6,8p before)

# A second time nothing is left to do. A pipe, plain or compressed, is approved
# as a whole, by the hash of its bytes.
forget_calls
cat plan.csv | run 1 --approve "${sha^^}" - back.csv
columns back.csv Status | sort | uniq -c | awk '{ print $1, $2 }' |
    expect_file <(printf '1 Conflict\n4 Unchanged\n')
gzip -c plan.csv >plan.csv.gz
run 3 --approve "$sha" plan.csv.gz back.csv
packed=$(sha256sum plan.csv.gz | cut -d ' ' -f 1)
run 1 --approve "$packed" plan.csv.gz back.csv
cat plan.csv.gz | run 1 --approve "$packed" - back.csv
expect_counts UpdateUser=0
[ -z "$(find . -name 'back.csv.*' ! -name '*.summary.json')" ]

# A file without changes is approved like any other.
printf "Id,$TITLE\n${U}04,New\n" >same.csv
run 0 --dry-run --plan none.csv same.csv out.csv
expect_stderr 'plan: 0 users in none.csv'
expect_none 'to apply' err
run 0 --approve "$(sha256sum none.csv | cut -d ' ' -f 1)" none.csv back.csv

# What is configured to protect users and files is meant for the printed command.
# The failed rows of the dry run are not replaced.
(
    printf '[defaults]\nundo = undo.csv\n' >config
    export BAUSER_CONFIG=$PWD/config BAUSER_NO_CLOBBER=yes \
        BAUSER_FAILED=failed.csv BAUSER_MAX_CHANGES=2
    printf "Id,$TITLE\n${U}08,Planned\n$NOBODY,New\n" >in.csv
    run 1 --dry-run --plan safe.csv in.csv safe.out.csv
    sed -n 's/^bauser-batch: to apply the plan[^:]*: //p' err >next.sh
    cp failed.csv uncorrected.csv
    unset BAUSER_NO_CLOBBER BAUSER_FAILED BAUSER_MAX_CHANGES
    grep -q -e ' --no-clobber --max-changes 2 ' next.sh || fail "$(cat next.sh)"
    touch safe.csv.result.csv
    status=0
    bash next.sh 2>err || status=$?
    [ "$status" = 2 ] || fail "exit status $status"
    expect_stderr 'safe.csv.result.csv exists, and --no-clobber'
    rm safe.csv.result.csv
    bash next.sh 2>err
    expect_columns undo.csv Id "Expect.$TITLE" <<<"${U}08|Planned"
    cmp failed.csv uncorrected.csv
    expect_columns failed.csv.approved.csv Id </dev/null
)

# Values with line ends, blanks, and what no file may set.
write_user 07 "$TITLE_PATH = \" two\\nlines\\r\\n;\\t\" | $TOWN_PATH = \"NULL\""
printf "Id;$TITLE;$TOWN\n${U}07;\"new\nlines\";X\n" >in.csv
run 0 --dry-run --plan plan.csv in.csv out.csv
sha=$(sha256sum plan.csv | cut -d ' ' -f 1)
run 0 --approve "$sha" plan.csv back.csv
expect_user 07 "[$TITLE_PATH, $TOWN_PATH]" '["new\nlines","X"]'

# What cannot be combined.
for option in '--plan p.csv' "--plan p.csv --approve $sha" \
    "--dry-run --approve $sha" '--approve 12' \
    "--approve $sha --ignore-guards" "--approve $sha --map A=$TITLE" \
    "--approve $sha --ignore $TITLE" '--dry-run --plan -' \
    '--dry-run --plan p.csv --diff d.csv' \
    '--dry-run --plan p.csv --sync second' \
    '--dry-run --plan out.csv' '--dry-run --plan in.csv'; do
    # shellcheck disable=SC2086 # several words
    run 2 $option in.csv out.csv
done
run 2 --dry-run --plan p.csv in.csv -
cat plan.csv | run 2 --approve "$sha" - -
rm out.csv*
case $API in
partner-center)
    printf "Id,$TITLE,Password\n${U}07,New,\n" >secret.csv
    run 2 --dry-run --plan p.csv secret.csv out.csv
    expect_stderr 'INPUT has the column Password' '--ignore Password'
    expect_no_file p.csv p.csv.journal p.csv.part out.csv out.csv.journal
    run 0 --dry-run --plan p.csv --ignore Password secret.csv out.csv
    ;;
*)
    # An exported answer is in no plan, and no row of a plan changes it.
    write_user 08 '.SecretAnswer = "Answer" | .SecretQuestion = "FavoriteMovie"'
    printf "Id,$TITLE,SecretAnswer\n${U}08,New,Answer\n${U}09,New,Other1\n" >secret.csv
    run 1 --dry-run --plan p.csv secret.csv out.csv
    expect_columns out.csv Status ErrorName Field <<END
WouldUpdate||
Failed|NotExpectable|SecretAnswer
END
    expect_none 'Answer|Other1' p.csv
    ;;
esac
