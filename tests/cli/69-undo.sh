#!/bin/bash
# --undo FILE has one row for each user that was sent an update: the oldest value
# of each changed column, and the last one as Expect.COLUMN. Applying it restores
# the users; those that others have changed in the same column are Conflict.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

for n in 01 02 03 04 05 06; do
    write_user "$n" "$TITLE_PATH = \"Old $n\" | $TOWN_PATH = \"Bonn\""
done
write_user 04 "$TITLE_PATH = null"
write_user 05 "$TITLE_PATH = \"=1+1, \\\"x\\\"\""
write_user 06 "$TITLE_PATH = \"delete_value\""
values="[$TITLE_PATH, $TOWN_PATH, $LINE_PATH]"
users 01 7 | jq -c "$values" >before
forget_calls
cat >in.csv <<END
Id,$TITLE,$TOWN
${U}01,New,
${U}02,New,delete_value
${U}03,Old 03,Ulm
${U}04,New,Bonn
${U}05,New,
${U}06,New,Ulm
${U}07,,
${U}01,,Ulm
$NOBODY,New,
${U}01,Newer,
END

# undo_columns: prints the Id, and each value with the expected one.
undo_columns() {
    columns "$1" Id "$TITLE" "Expect.$TITLE" "$TOWN" "Expect.$TOWN" _Note
}

# Rows 1, 8 and 10 are of the same user, in three windows.
run 1 --window 2 --concurrency 1 --undo undo.csv in.csv out.csv
except=
[ "$API" != partner-center ] || except=', except for passwords'
expect_stderr "to undo the updates of 6 users$except, or of those whose rows you leave in undo.csv: "
undo_columns undo.csv | sort >found
diff -u - found <<END || fail "see above"
${U}01|Old 01|Newer|Bonn|Ulm|
${U}02|Old 02|New|Bonn|delete_value|
${U}03|||Bonn|Ulm|
${U}04|delete_value|New|||
${U}05|=1+1, "x"|New|||
${U}06|||Bonn|Ulm|$TITLE cannot be undone ($TITLE resembles the word that clears a value)
END
[ "$(stat -c %a undo.csv)" = 600 ] || fail "others can read undo.csv"
expect_no_file undo.csv.part undo.csv.journal

# FILE of an earlier run is not replaced, nor is another file of the run.
md5sum undo.csv >sums
forget_calls
run 2 --undo undo.csv in.csv out.csv
expect_stderr 'undo.csv exists, and an earlier run may need it' 'move it away'
for mode in '' --dry-run --export; do
    # shellcheck disable=SC2086 # no word, or one
    run 2 $mode in.csv undo.csv
    expect_stderr 'undo.csv has a column Expect.COLUMN' 'another OUTPUT'
done
run 2 --dry-run --undo other.csv in.csv out.csv
run 2 --undo other.csv in.csv -
run 2 --undo - in.csv out.csv
run 2 --undo other.csv --sync second in.csv out.csv
for name in in.csv out.csv out.csv.journal log; do
    run 2 --undo "$name" --log-file log in.csv out.csv
done
expect_no_file other.csv*
md5sum --quiet -c sums
expect_counts calls=0

# A run that succeeds prints nothing with --quiet. The printed commands keep the
# old values, and work when they are pasted.
write_user 09 "$TITLE_PATH = \"Old\""
printf '%s\n' "Id;Role" "${U}09;New" "${U}10;New" >more.csv
role=(--map "Role=$TITLE" --delimiter ';')
run 0 --quiet "${role[@]}" --undo "it's.csv" more.csv out.csv
[ ! -s err ]
paste_command() {
    bash -c "$(sed -n "s/^bauser-batch: to $1[^:]*: //p" err)" 2>err
}
run 0 --undo "it's 2.csv" "it's.csv" out.csv
expect_user 09 "$TITLE_PATH" '"Old"'
paste_command undo
expect_user 09 "$TITLE_PATH" '"New"'
faults "{\"call\":\"GetUser\",\"id\":\"${U}10\",\"kind\":\"status\",\"times\":0}"
sed -i s/New/Newer/ more.csv
run 1 --retries 0 "${role[@]}" --undo first.csv more.csv out.csv
faults
paste_command retry
columns first.csv Id | expect_file <(echo "${U}09")
columns first.csv.retry.csv Id | expect_file <(echo "${U}10")
paste_command undo
expect_user 10 "$TITLE_PATH" '"New"'
expect_user 09 "$TITLE_PATH" '"Newer"'

# Others change another column of one user, and the same column of another one.
write_user 02 "$LINE_PATH = \"Theirs\""
write_user 03 "$TOWN_PATH = \"Theirs\""
users 01 7 | jq -c "$values" >after
run 1 --undo redo.csv undo.csv back.csv
columns back.csv Id Status Field | sort >found
diff -u - found <<END || fail "see above"
${U}01|Updated|
${U}02|Updated|
${U}03|Conflict|$TOWN
${U}04|Updated|
${U}05|Updated|
${U}06|Updated|
END
expect_user 02 "$values" '["Old 02","Bonn","Theirs"]'
expect_user 03 "$TOWN_PATH" '"Theirs"'
users 01 7 | jq -c "$values" | sed '2,3d; 6d' | diff - <(sed '2,3d; 6d' before)

# A second time nothing is left to do, and the undo can be undone.
forget_calls
run 1 undo.csv back.csv
columns back.csv Status | sort | uniq -c | awk '{ print $1, $2 }' |
    expect_file <(printf '1 Conflict\n5 Unchanged\n')
expect_counts UpdateUser=0
run 0 redo.csv back.csv
users 01 7 | jq -c "$values" | diff - after

# An update is rejected as stale, and the user has its values: others wrote them,
# or a gateway sent the update twice. The row says so, and the old value is kept.
write_user 09 "$TITLE_PATH = \"Old\""
printf "Id,$TITLE\n${U}09,New\n" >in.csv
faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",
    \"patch\":$(object "$TITLE_PATH = \"New\"")}"
run 0 --undo twice.csv in.csv out.csv
faults
columns out.csv Status Note | grep '^Unchanged|an update was sent and rejected; '
run 0 twice.csv back.csv
expect_user 09 "$TITLE_PATH" '"Old"'

# A value that looks damaged is set back, too.
write_user 09 "$TITLE_PATH = \"#N/A\""
printf "Id,$TITLE\n${U}09,New\n" >in.csv
run 0 --undo damaged.csv in.csv out.csv
run 0 damaged.csv back.csv
columns back.csv Status | expect_file <(echo Updated)
expect_user 09 "$TITLE_PATH" '"#N/A"'

# A value that no row can set stays out, and the rest of its row is undone. Then
# the undo is undone.
i=0
for old in "$(printf 'x%.0s' {1..300})" 'Delete value' ' '; do
    write_user 09 "$TITLE_PATH = \"$old\" | $TOWN_PATH = \"Bonn\""
    printf "Id,$TITLE,$TOWN\n${U}09,New,Ulm\n" >in.csv
    run 0 --undo "rejected$((++i)).csv" in.csv out.csv
    columns "rejected$i.csv" "$TITLE" "Expect.$TITLE" "$TOWN" _Note >found
    grep -qE "^\|\|Bonn\|$TITLE cannot be undone \(.+\)$" found ||
        fail "rejected$i.csv: $(cat found)"
    run 0 --undo "again$i.csv" "rejected$i.csv" back.csv
    columns back.csv Status | expect_file <(echo Updated)
    expect_user 09 "[$TITLE_PATH, $TOWN_PATH]" '["New","Bonn"]'
    run 0 "again$i.csv" back.csv
    expect_user 09 "[$TITLE_PATH, $TOWN_PATH]" '["New","Ulm"]'
done

# A user whose update has an unknown outcome has a row. It does no harm if the
# update was not applied.
write_user 08 "$TITLE_PATH = \"Old\" | $TOWN_PATH = \"Bonn\""
printf "Id,$TITLE\n${U}08,New\n" >in.csv
faults '{"kind":"reset","call":"UpdateUser","times":0}' \
    '{"kind":"status","status":503,"call":"GetUser","skip":1,"times":0}'
fast_clock 60 run 5 --give-up 1 --undo unknown.csv in.csv out.csv
columns unknown.csv Id "$TITLE" "Expect.$TITLE" |
    expect_file <(echo "${U}08|Old|New")
faults
run 0 unknown.csv back.csv
columns back.csv Status | expect_file <(echo Unchanged)

# The run is resumed, and FILE is made again.
run 0 --resume --undo unknown.csv in.csv out.csv
columns unknown.csv Id "$TITLE" "Expect.$TITLE" |
    expect_file <(echo "${U}08|Old|New")
run 0 unknown.csv back.csv
expect_user 08 "$TITLE_PATH" '"Old"'
