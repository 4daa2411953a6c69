#!/bin/bash
# --failed writes the rows that were not applied, with their cells as they were.
# If another program corrects them and they are applied, the service is in the
# state of an input without errors. The file is complete after a kill, and it
# follows --retry-failed. It contains no secret.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

case $API in
partner-center) SECRET=Password ;;
*) SECRET=SecretAnswer ;;
esac

# Semicolons, Windows-1252, quoted line ends; columns that are mapped, ignored,
# without a name, and of an earlier file of failed rows.
{
    echo "Bemerkung;Id;Ort;$TITLE;$BAD;$GUARD;$SECRET;_Note;"
    for n in {1..60}; do
        id=$(id "$n") town="Köln $n" bad='' guard='' secret=''
        case $n in
        7) bad=$BAD_VALUE ;;
        13) id=$NOBODY ;;
        19) guard=nobody ;;
        25) id='' ;;
        31) town='#NAME?' ;;
        37) id="x$n" secret=short ;;
        43) bad=$BAD_VALUE ;;
        44) id=$(id 43) ;; # is applied, although row 43 of the user fails
        49) secret='an answer' ;;
        esac
        printf '=1+%s;%s;%s;"Chef; ""%s""\r\nzwei";%s;%s;%s;old;\r\n' \
            "$n" "$id" "$town" "$n" "$bad" "$guard" "$secret"
    done
} >in.utf8
"$PYTHON" -ESB - "$ID_FORM" "$SECRET" <<'END'
import csv
import sys

rows = list(csv.reader(open("in.utf8", encoding="utf-8", newline=""),
                       delimiter=";"))
names = rows[0]
for number, row in enumerate(rows[1:], 1):
    cells = dict(zip(names[:-1], row))
    cells["Id"] = sys.argv[1] % (43 if number == 44 else number)
    cells["Ort"] = f"Köln {number}"
    if number not in (49,):
        cells[sys.argv[2]] = ""
    for name in names[4:6]:
        cells[name] = ""
    row[:-1] = cells.values()
csv.writer(open("correct.utf8", "w", encoding="utf-8", newline=""),
           delimiter=";").writerows(rows)
END
iconv -t WINDOWS-1252 in.utf8 | gzip >in.csv.gz
options=(--map "Ort=$TOWN" --ignore Bemerkung)
encoding=(--encoding WINDOWS-1252)

# state: prints the users without what changes with each update.
state() {
    users 01 60 | jq -S 'del(.TimeStamp, .LastModifiedTime,
        .LastModifiedByUserId, .ContactInfo.Address.TimeStamp,
        .attributes.etag)'
}

# correct INPUT RESULT: corrects failed.csv with another program.
correct() {
    "$PYTHON" -ESB "$TESTS/oracle/correct_rows.py" "$1" "$2" failed.csv \
        "${1/in/correct}" corrected.csv ';' "$SECRET"
}

reset() {
    control users -X DELETE >response
    forget_calls
}

run 0 "${options[@]}" correct.utf8 out.csv
state >wanted

# All at once; and with a kill while a user waits for a response.
reset
run 1 "${options[@]}" "${encoding[@]}" --failed failed.csv in.csv.gz out.csv.gz
[ "$(stat -c %a failed.csv)" = 600 ]
correct in.utf8 out.csv.gz
grep -qE ';44;Updated;;;;"?this row was applied; it is repeated' failed.csv
cp failed.csv uncorrected.csv
mv corrected.csv failed.csv
bash -c "$(sed -n 's/.* after you have corrected them: //p' err)" 2>err
expect_stderr "$(wc -l <failed.csv.result.csv | awk '{ print $1 - 1 }') rows: "
state | expect_file wanted

# The encoding is not that of INPUT any more, and nothing is damaged.
run 3 "${options[@]}" "${encoding[@]}" uncorrected.csv out2.csv
expect_stderr 'omit --encoding'

for input in in.csv.gz -; do
    reset
    rm -f failed.csv*
    faults "{\"call\":\"GetUser\",\"id\":\"$(id 40)\",\"kind\":\"stall\"}"
    zcat in.csv.gz | "${PROGRAM[@]}" "${options[@]}" "${encoding[@]}" \
        --concurrency 1 --failed failed.csv "$input" out.csv 2>err &
    program=$!
    is_stalled() {
        expect_counts 'GetUser>=36'
    }
    wait_until is_stalled
    kill -KILL "$program"
    wait "$program" || true
    expect_no_file failed.csv
    faults
    run 1 --resume "${options[@]}" "${encoding[@]}" --failed failed.csv \
        "$input" out.csv < <(zcat in.csv.gz)
    ls failed.csv* | expect_file <(echo failed.csv)
    correct in.utf8 out.csv
    run 0 "${options[@]}" corrected.csv out2.csv
    state | expect_file wanted
done

# A row that is retried with success is no longer in the file.
printf '%s\n' "Id,$TITLE" "${U}01,Head" "${U}02,Head" "$NOBODY,Head" >in.csv
for words in '--failed failed.csv' ''; do
    faults "{\"call\":\"GetUser\",\"id\":\"${U}02\",\"kind\":\"status\",\"times\":0}"
    # shellcheck disable=SC2086 # no word, or two
    (
        [ -n "$words" ] || export BAUSER_FAILED=failed.csv
        run 1 --retries 0 $words in.csv out.csv
    )
    expect_columns failed.csv Id _Row <<END
${U}02|2
$NOBODY|3
END
    faults
    # The printed command replaces no row that somebody corrects.
    cp failed.csv before.csv
    status=0
    bash -c "$(sed -n 's/^bauser-batch: to retry[^:]*: //p' err)" 2>err ||
        status=$?
    [ "$status" -eq 1 ] || fail "exit status $status"
    cmp failed.csv before.csv
    expect_columns failed.csv.retry.csv "$TITLE" _Row _Status <<<'Head|3|Failed'
done
run 1 --retry-failed --failed failed.csv in.csv out.csv
expect_columns failed.csv "$TITLE" _Row _Status <<<'Head|3|Failed'

# If no row failed, the file has only a header, so it is never out of date.
sed -i '$d' in.csv
run 0 --failed failed.csv in.csv out.csv
expect_file failed.csv <<<"Id,$TITLE,_Row,_Status,_ErrorName,_Field,_ErrorMessage,_Note"
run 0 failed.csv out2.csv

# The other modes; a file that is fed back can be fed back again.
printf '%s\n' "Id,$BAD,$TITLE" "${U}01,$BAD_VALUE,Head" "${U}02,,Chief" >in.csv
for mode in --check --dry-run; do
    run 1 $mode --failed failed.csv in.csv out.csv
    expect_columns failed.csv Id "$TITLE" _ErrorName <<<"${U}01|Head|$BAD_ERROR"
done
run 1 --check --failed failed2.csv failed.csv out.csv
head -n 1 failed2.csv | expect_file <(head -n 1 failed.csv)
run 1 --reconcile --failed failed.csv in.csv out.csv
expect_columns failed.csv Id _Status <<END
${U}01|Failed
${U}02|Drift
END

# Lines before the header stay, so that the same options apply.
{
    printf 'Export\n\nsep=|\n'
    tr ',' '|' <in.csv
} >lines.csv
run 1 --skip-lines 2 --failed failed.csv lines.csv out.csv
head -n 4 failed.csv | expect_file <(printf '\n\nsep=|\n%s\n' \
    "Id|$BAD|$TITLE|_Row|_Status|_ErrorName|_Field|_ErrorMessage|_Note")
run 1 --skip-lines 2 failed.csv out.csv

# A rejected file changes nothing, so there is nothing to correct but INPUT. A
# row at which a pipe is rejected is in the file, without its cells.
cp failed.csv kept
printf '%s\n' "Id,$TITLE" "${U}01,Head" "${U}02,Head,more" >wide.csv
run 3 --failed failed.csv wide.csv out.csv
cmp failed.csv kept
mkfifo pipe
forget_calls
"${PROGRAM[@]}" --window 1 --failed failed.csv - out.csv <pipe 2>err &
program=$!
exec 3>pipe
{
    echo "Id,$TITLE"
    for n in {1..20}; do
        user_row "$n" "Head $n"
    done
} >&3
has_applied() {
    expect_counts 'applied>=19'
}
wait_until has_applied
user_row 21 Head,more >&3
exec 3>&-
status=0
wait "$program" || status=$?
[ "$status" -eq 3 ]
{
    echo "Id,$TITLE,_Row,_Status,_ErrorName"
    echo ',,21,NotAttempted,InputRefused'
} >wanted
cut -d , -f 1-5 failed.csv >found
expect_file found <wanted
run 1 failed.csv out.csv
columns out.csv ErrorName | tail -n 1 | expect_file <(echo InvalidId)

# What cannot be done is said.
run 2 --failed f.csv in.csv -
run 2 --failed f.csv --export in.csv out.csv
run 2 --failed f.csv --check in.csv
run 2 --failed out.csv in.csv out.csv
run 2 --failed in.csv in.csv out.csv
run 2 --failed f.csv --log-file f.csv in.csv out.csv
run 2 --failed f.csv --log-file f.csv.part in.csv out.csv
expect_no_file f.csv f.csv.part
