#!/bin/bash
# With --report-values, a report shows the old and new values of the first rows
# that change a column, as --diff writes them, but never a password or the answer
# to a secret question. A report that is made again says that values are not
# recorded. Without the option there is no value.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,$TOWN,$LINE"
    echo "${U}01,<b>Bäcker</b>,Ulm & Söhne,"
    echo "${U}02,,\"\"\"Köln\"\"\",delete_value"
    echo "$NOBODY,Nobody,Nowhere,"
    for n in {03..40}; do
        echo "$U$n,Title $n,Town $n,"
    done
    echo "${U}41,Title 41,,"
    echo "${U}41,Later Title,,"
} >in.csv
# expect_values DIFF [FIRST]: report.html is valid, and shows these values.
expect_values() {
    "$PYTHON" -ESB "$TESTS/oracle/report_text.py" report.html >text ||
        fail "no valid report: $(cat text)"
    "$PYTHON" -ESB "$TESTS/oracle/report_values.py" report.html "$@" >found ||
        fail "$(cat found)"
    grep -qxF 'This report contains personal data.' text ||
        fail "the report does not say what it contains"
    [ "$(stat -c %a report.html)" = 600 ] || fail "wrong mode"
}

run 1 --dry-run --diff diff.csv --report report.html --report-values in.csv out.csv
expect_values diff.csv

# The old values of a run are those before the updates.
run 1 --report report.html --report-values in.csv out.csv
expect_values diff.csv
run 0 --review --report again.html --report-values in.csv out.csv
"$PYTHON" -ESB "$TESTS/oracle/report_text.py" again.html >text
grep -q '^Values are not recorded' text || fail "the report shows no reason"
expect_none 'Town|Title 03|personal data' again.html

# --reconcile, after others have changed some users.
write_user 05 "$TOWN_PATH = \"<i>Elsewhere\""
write_user 06 "$TITLE_PATH = null"
run 1 --reconcile --diff diff.csv --report report.html --report-values in.csv \
    out.csv
expect_values diff.csv
grep -q Elsewhere diff.csv || fail "nothing differs"

# A run that stops, and the rest of it: each shows its own part.
sed 's/,Title /,New /; s/,Town/,Another/' in.csv >in2.csv
run 1 --dry-run --diff diff.csv in2.csv plan.csv
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":31,\"times\":0}"
run 4 --report report.html --report-values --concurrency 1 in2.csv out.csv
expect_values diff.csv
faults
done=$(columns out.csv.part Row | wc -l)
run 1 --report report.html --report-values --resume in2.csv out.csv
expect_values diff.csv "$((done + 1))"
grep -qF 'rows before this part of the run are not recorded' text ||
    fail "the report does not say what is missing"

# What nobody may read.
case $API in
partner-center)
    printf 'Id,Password,firstName\n%s,Geheim#2026x,Otto\n' "${U}09" >secret.csv
    ;;
*)
    printf 'Id,SecretQuestion,SecretAnswer,City\n%s,FavoritePetsName,Geheim#2026x,Otto\n' \
        "${U}09" >secret.csv
    ;;
esac
for mode in --dry-run --no-progress; do
    run 0 "$mode" --report report.html --report-values secret.csv out.csv
    expect_none Geheim report.html err
done

# Without the option, or without a report.
sed 's/New/Third/' in2.csv >in3.csv
run 1 --report report.html in3.csv out.csv
expect_none 'Third|Another|personal data' report.html
run 2 --report-values in.csv out.csv
expect_stderr '--report-values requires --report'
