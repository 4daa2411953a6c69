#!/bin/bash
# --report writes one HTML file whose numbers are those of OUTPUT, in each mode,
# also if the run stops or was resumed. It contains no value of a user, and no
# text of INPUT becomes markup. A name that another file of the run has is
# rejected.
. "${0%/*}/../lib.sh"
sim_start

{
    echo 'Id,City,Lcid,Fax'
    echo '<script>alert(1)</script>,Secretville,,'
    printf '%010000d,Secretville,,\n' 7
    for i in {1..30}; do
        echo "$(id "$i"),Secretville,,"
    done
    for i in {31..36}; do
        echo "$(id "$i"),,,delete_value"
    done
    for i in {1..5}; do
        echo "90000000000000000$i,Secretville,,"
        echo "$(id "4$i"),,Secret<b>$i,"
    done
} >in.csv

# text FILE: prints the text of the report, one line for each element, and
# checks its structure and that it loads and runs nothing.
text() {
    "$PYTHON" -ESB "$TESTS/oracle/report_text.py" "$1"
}
# expect_text FILE LINE...: the report contains these lines, in this order.
expect_text() {
    local file=$1 line

    shift
    text "$file" >text || fail "$file is no valid report: $(cat text)"
    for line; do
        grep -qxF -- "$line" text || fail "$file lacks: $line"
    done
    [ "$(stat -c %a "$file")" = 600 ] || fail "$file has another mode"
    [ "$(stat -c %s "$file")" -lt 300000 ] || fail "$file is too large"
    ! grep -q Secretville "$file" || fail "$file contains a value"
}
# rows FILTER: prints how many rows of out.csv match, and "row" or "rows".
rows() {
    columns out.csv Status ErrorName Field Changed |
        awk "$1"' { n++ } END { print n (n == 1 ? " row" : " rows") }' FS='|'
}

run 1 --report report.html in.csv out.csv
expect_text report.html '36 of 48 rows were applied; 12 failed.' \
    '1: finished; some rows are Failed, Conflict or Drift' 'in.csv, 48 rows' \
    "$(sha256sum <in.csv | cut -d ' ' -f 1)" \
    "$(sha256sum <out.csv | cut -d ' ' -f 1)" EntityNotExistent \
    "$(rows '$2 == "EntityNotExistent"')" "$(rows '$3 == "Lcid"')" \
    900000000000000001 'and 3 more in out.csv' "$(printf '%0120d…' 0)" \
    '<script>alert(1)</script>'
grep -qF "$(sed -n 's/^bauser-batch: to list[^:]*: //p' err)" text ||
    fail "a printed command is missing"
# Set in 30 rows, and cleared in those that had a Fax.
[ "$(grep -A 2 -x City text | tail -n 2 | xargs)" = "30 0" ] ||
    fail "City: $(grep -A 2 -x City text)"
cleared=$(columns out.csv Changed | grep -c Fax)
[ "$(grep -A 2 -x Fax text | tail -n 2 | xargs)" = "0 $cleared" ] ||
    fail "Fax: $(grep -A 2 -x Fax text)"
expect_counts "GetUser=$(grep -A 1 -x GetUser text | tail -n 1)" \
    "UpdateUser=$(grep -A 1 -x UpdateUser text | tail -n 1)"

# The other modes, and a pipe.
run 1 --report report.html --dry-run in.csv out.csv
expect_text report.html '36 of 48 rows can be applied; 12 failed.'
run 1 --report report.html --reconcile in.csv out.csv
expect_text report.html '36 of 48 rows match the service; 12 failed.' '75 %' \
    "of $(jq .rows.compared_cells out.csv.summary.json) compared cells; 6 users\
 were not found."
run 1 --report report.html --check in.csv out.csv
expect_text report.html "$(rows '$1 == "Valid"' | cut -d ' ' -f 1) of 48 rows\
 are valid; $(rows '$1 == "Failed"' | cut -d ' ' -f 1) failed."
cut -d , -f 1 in.csv >ids.csv
run 1 --report report.html --export ids.csv out.csv
expect_text report.html '41 of 48 rows were exported; 7 failed.'
run 1 --report report.html - out.csv <in.csv
expect_text report.html '36 of 48 rows were applied; 12 failed.'

# A run that stops, and the rest of it.
control users -X DELETE >reset
faults '{"kind":"error","code":105,"skip":40,"times":0}'
run 4 --report report.html --concurrency 1 in.csv out.csv
done=$(columns out.csv.part Status | wc -l)
expect_text report.html "The run stopped after $done of 48 rows: $(columns \
    out.csv.part Status | grep -c Updated) of $done rows were applied; 2 failed." \
    'to resume:' "$(sed -n 's/^bauser-batch: to resume: //p' err)"
faults
run 1 --report report.html --resume in.csv out.csv
expect_text report.html '36 of 48 rows were applied; 12 failed.' \
    "The results of $done rows were there before this part of the run; times\
 and calls are those of this part only."
[ "$(grep -A 3 -x City text | tail -n 3 | awk '{ n += $1 } END { print n }')" \
    -eq 30 ] || fail "City: $(grep -A 3 -x City text)"

# A report that would replace another file, or that cannot be written.
cp in.csv before.csv
for name in in.csv out.csv out.csv.part out.csv.journal log.txt \
    out.csv.summary.json . missing/report.html -; do
    run 2 --report "$name" --log-file log.txt --no-progress in.csv out.csv
    expect_stderr report
done
expect_file in.csv <before.csv
