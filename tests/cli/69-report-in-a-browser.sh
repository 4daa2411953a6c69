#!/bin/bash
# A report is valid HTML. In a real browser it makes no request, prints no
# message, needs no horizontal scrolling at 400 pixels, and fits on two printed
# pages, also after a run with many errors, waits and changes, with old and new
# values, and if it is made again. Hostile texts change none of this, except for
# the number of pages.
. "${0%/*}/../lib.sh"
for program in chromium tidy pdfinfo; do
    if ! command -v "$program" >which; then
        echo "skipped: $program is not installed (make acceptance installs it)"
        exit 77
    fi
done

sim_start --limit 40/s
{
    echo 'Id,City,Lcid,FirstName,JobTitle,Fax,EmailFormat'
    for i in {1..60}; do
        user_row "$i" "<b onload=x>Oslo $i</td>,,Ann,\"\"\"Engineer' & co\"\"\",delete_value,"
    done
    for i in {1..9}; do
        user_row "$i" "#N/A,,,,,"
        user_row "7$i" ",x$i,,,,"
        user_row "8$i" ",,,,,Word"
        echo "90000000000000000$i,Oslo,,,,,"
    done
} >in.csv
run 1 --report report.html --report-values in.csv out.csv
run 0 --review --report again.html --report-values in.csv out.csv

mkdir pages
"${INJECT%/*}/unit/report/test_report" pages
mv report.html again.html pages

for page in pages/*.html; do
    tidy -errors -quiet "$page" >tidy 2>&1 || fail "$page: $(head -n 5 tidy)"
    "$PYTHON" -ESB "$TESTS/oracle/browse.py" "$page" "${page%.html}" >found ||
        fail "$page: $(cat found)"
    pages=$(pdfinfo "${page%.html}/print.pdf" | sed -n 's/^Pages: *//p')
    case $page in
    */hostile.html | */long.html) ;;
    *) [ "$pages" -le 2 ] || fail "$page has $pages pages" ;;
    esac
    echo "$page: $(stat -c %s "$page") bytes, $pages pages"
done
