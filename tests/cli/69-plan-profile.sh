#!/bin/bash
# A profile that says how INPUT is written changes nothing for a plan: neither
# for the approved run, nor for a review or a merge of it, nor for its failed
# rows, which are corrected and applied by the printed command.
# services: rest partner-center
. "${0%/*}/../lib.sh"
sim_start
umask 077

# A column of INPUT has the name of another one in the plan.
cat >config <<END
[excel]
delimiter = ;
skip-lines = 1
encoding = WINDOWS-1252
map = "Ort=$TOWN"
ignore = $TOWN
ignore-unknown = yes
END
{
    echo 'Export of today'
    echo "Id;$TOWN;Ort;Remarks"
    for n in {1..9}; do
        echo "$(id "$n");Oslo;Köln $n;x"
    done
} | iconv -t WINDOWS-1252 >in.csv

# begin: all users live in Bonn, and their town is planned to be Köln. Then
# others change the town of two users.
begin() {
    for n in {01..09}; do
        write_user "$n" "$TOWN_PATH = \"Bonn\""
    done
    run 0 --dry-run --plan plan.csv in.csv dry.csv
    sha=$(sha256sum plan.csv | cut -d ' ' -f 1)
    write_user 02 "$TOWN_PATH = \"Theirs\""
    write_user 07 "$TOWN_PATH = \"Theirs\""
}
# correct FILE: corrects its rows, which are those of the two users.
correct() {
    columns "$1" "$TOWN" "Expect.$TOWN" |
        expect_file <(printf '%s\n' 'Köln 2|Bonn' 'Köln 7|Bonn')
    sed -i 's/Köln \(.\),Bonn,/Ulm \1,Theirs,/' "$1"
}
towns() {
    users 01 9 | jq -r "$TOWN_PATH"
}
# paste_corrected: runs the printed command.
paste_corrected() {
    bash -c "$(sed -n 's/.* after you have corrected them: //p' err)" 2>err ||
        fail "the printed command fails"
}

export BAUSER_CONFIG=$PWD/config BAUSER_PROFILE=excel
begin
run 1 --approve "$sha" --failed failed.csv plan.csv out.csv
correct failed.csv
(
    unset BAUSER_CONFIG BAUSER_PROFILE # the command names both
    paste_corrected
)
columns failed.csv.result.csv Id Status |
    expect_file <(printf '%s|Updated\n' "${U}02" "${U}07")
towns | expect_file <(printf '%s\n' 'Köln 1' 'Ulm 2' Köln\ {3..6} 'Ulm 7' \
    Köln\ {8,9})

# What is wrong again is corrected by the next command.
begin
run 1 --approve "$sha" --failed failed.csv plan.csv out.csv
rm failed.csv.*
sed -i 's/Köln 7,Bonn/Ulm 7,Theirs/' failed.csv
status=0
(paste_corrected) >pasted || status=$?
[ "$status" -ne 0 ]
sed -i 's/Köln 2,Bonn/Ulm 2,Theirs/' failed.csv.failed.csv
paste_corrected
towns | sed -n '2p; 7p' | expect_file <(printf 'Ulm 2\nUlm 7\n')

# A review and a merge make the failed rows of the plan.
begin
run 1 --approve "$sha" --failed failed.csv plan.csv out.csv
run 0 --review --failed again.csv plan.csv out.csv
expect_file again.csv <failed.csv
begin
for k in 0 1; do
    status=0
    "${PROGRAM[@]}" --shard "$k/2" --approve "$sha" plan.csv "all.$k-of-2.csv" \
        2>err || status=$?
    [ "$status" -le 1 ] || fail "shard $k"
done
run 1 --merge --failed merged.csv all.csv
expect_file merged.csv <failed.csv
run 0 --review --failed again.csv plan.csv all.csv
expect_file again.csv <failed.csv
run 0 --dry-run --failed failed.csv in.csv dry.csv
run 0 --review --failed again.csv in.csv dry.csv
expect_file again.csv <failed.csv

# A layout in variables, and an option of the command line.
begin
unset BAUSER_CONFIG BAUSER_PROFILE
sed 's/,/|/g' plan.csv >bars.csv
(
    export BAUSER_DELIMITER=';' BAUSER_SKIP_LINES=1 BAUSER_IGNORE=$TOWN
    run 1 --delimiter '|' --approve "$(sha256sum <bars.csv | cut -c 1-64)" \
        --failed failed.csv bars.csv out.csv
    sed -i 's/Köln \(.\)|Bonn|/Ulm \1|Theirs|/' failed.csv
    paste_corrected
)
towns | sed -n '2p; 7p' | expect_file <(printf 'Ulm 2\nUlm 7\n')
(
    export BAUSER_DELIMITER=';'
    run 0 --review --delimiter '|' --failed again.csv bars.csv out.csv
)
run 3 --review --failed again.csv --delimiter ';' bars.csv out.csv
