#!/bin/bash
# --review counts the rows of a finished OUTPUT, of every mode, and makes the
# failed rows, the report and the metrics again. What only the run knew comes from
# its summary, or is reported as not recorded. No call is made, and no file of the
# run is changed.
# services: rest partner-center
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,$BAD"
    for n in {10..29}; do
        echo "$U$n,Title $n,"
    done
    echo "${U}30,,$BAD_VALUE"
    echo "$NOBODY,Nobody,"
} >in.csv
# text FILE: prints the text of a report.
text() {
    "$PYTHON" -ESB "$TESTS/oracle/report_text.py" "$1" ||
        fail "$1 is no valid report"
}
# parts FILE: prints what the report of the run and a later one have in common.
# The times of all parts are those of the only one.
parts() {
    text "$1" | sed -n '/^bauser-batch: /p; /^Exit status/,/^Program/p
        /^What to do next/,/^Outcome/p; /^SHA-256 of the files/,$p'
    text "$1" | sed -n '/^Outcome/,/^What was changed$\|^What would\|^Time$\|^Ca\|^Conf/p' |
        sed '$d'
}
outcome() {
    text "$1" | sed -n '/^Outcome/,/^What failed$\|^Reconciliation$\|^Conf/p' |
        sed '$d'
}
# review STATUS ARGUMENT...: it calls nothing, and changes no file of the run.
review() {
    local before

    forget_calls
    before=$(ls -lnR --time-style=full-iso --ignore={out,err,'again.*'})
    BAUSER_ACCESS_TOKEN='' run "$1" --review "${@:2}"
    expect_counts calls=0
    [ "$before" = "$(ls -lnR --time-style=full-iso --ignore={out,err,'again.*'})" ] ||
        fail "files were changed"
}

faults "{\"call\":\"GetUser\",\"id\":\"${U}12\",\"kind\":\"status\",\"times\":0}"
for words in '' --dry-run --reconcile --export --check; do
    for out in out.csv out.csv.gz; do
        # shellcheck disable=SC2086 # no word, or one
        [ "$words" = --export ] && failed='' || failed='--failed failed.csv'
        # shellcheck disable=SC2086 # no word, or some
        run 1 --retries 1 --metrics first.prom --report first.html $failed \
            $words in.csv $out
        grep '^bauser-batch: ' err | grep -v -e ': estimate: ' -e ', endpoint ' \
            >first
        [ -z "$words" ] || [ "$words" = --check ] ||
            expect_none 'not recorded' first
        # shellcheck disable=SC2086 # no word, or two
        review 0 --metrics again.prom --report again.html \
            ${failed:+--failed again.csv} in.csv $out
        # The commands are those of the run.
        expect_file err <first
        diff <(sed 's/run="first"//' first.prom) <(sed 's/run="again"//' again.prom)
        [ -z "$failed" ] || cmp failed.csv again.csv
        parts first.html >parts
        grep -q '^Failed' parts || fail "the report lacks counts"
        # An exported file does not have the rows of its errors.
        if [ "$words" = --export ]; then
            diff <(outcome first.html) <(outcome again.html)
        else
            diff parts <(parts again.html)
        fi
        text again.html >text
        grep -q 'Not recorded: the speed over time, latencies' text ||
            fail "the report does not say what it lacks"
        rm again.*

        # Without the summary, or with another one.
        mv $out.summary.json away
        # shellcheck disable=SC2086 # no word, or two
        review 0 --metrics again.prom --report again.html \
            ${failed:+--failed again.csv} in.csv $out
        expect_stderr 'the summary of the run cannot be used: No such file' \
            'calls and times are not recorded'
        grep '^bauser_batch_rows' first.prom | sed 's/run="first"/run="again"/' |
            diff - <(grep '^bauser_batch_rows' again.prom)
        expect_none 'bauser_batch_(calls|last)' again.prom
        [ -z "$failed" ] || cmp failed.csv again.csv
        diff <(outcome first.html) <(outcome again.html)
        text again.html >text
        grep -q 'without the summary of the run also its times, calls and' text ||
            fail "the report does not say what it lacks"
        rm again.*
        jq '.output.sha256 = "0" * 64' away >$out.summary.json
        review 0 in.csv $out
        expect_stderr 'it belongs to another OUTPUT'
        jq '.mode = "list"' away >$out.summary.json
        review 0 --report again.html in.csv $out
        expect_stderr 'it is of a run whose OUTPUT has no results of rows'
        rm again.html
        mv away $out.summary.json
    done
done

# Configured files are those of the run, such as rows that somebody corrects.
run 1 --retries 0 in.csv out.csv
for option in FAILED METRICS REPORT; do
    echo kept >kept
    export "BAUSER_$option=kept"
    review 0 in.csv out.csv
    unset "BAUSER_$option"
done

# What a review that was killed has left is replaced. An exported file has no rows
# of errors to join.
run 1 --retries 0 in.csv out.csv
cp in.csv again.csv.part
review 0 --failed again.csv in.csv out.csv
[ "$(wc -l <again.csv)" = 4 ] || fail "other rows failed"
rm again.csv
run 1 --retries 0 --export in.csv out.csv
review 2 --failed again.csv in.csv out.csv
[ ! -e again.csv ] || fail "a file was made of an exported file"

# Without a summary, the Ids show that INPUT is another one.
run 1 --retries 0 in.csv out.csv
mv out.csv.summary.json away
sed '3s/^[^,]*/'"$NOBODY/" in.csv >other.csv
review 2 --failed again.csv other.csv out.csv
sed '$d' in.csv >other.csv
review 2 --failed again.csv other.csv out.csv
[ ! -e again.csv ] || fail "a file was made of another INPUT"
mv away out.csv.summary.json

# The failed rows of a selection need the same selection. They are no OUTPUT.
run 1 --retries 0 --skip 2 --failed failed.csv in.csv out.csv
review 2 --failed again.csv in.csv out.csv
expect_stderr 'row 1 is missing in the result' \
    '--failed needs the INPUT of that run, and the same options about it'
[ ! -e again.csv ] || fail "a file was made of another selection"
review 0 --skip 2 --failed again.csv in.csv out.csv
cmp failed.csv again.csv
rm again.csv
review 2 in.csv failed.csv
expect_stderr 'failed.csv is not the OUTPUT of a run'

# Names of files that are read, or of two files.
ln in.csv link.csv
for words in '--failed out.csv' '--report ./in.csv' '--metrics link.csv' \
    '--report out.csv.summary.json' '--failed again.csv --report again.csv' \
    '--failed -'; do
    # shellcheck disable=SC2086 # several words
    review 2 $words in.csv out.csv
done

# Another INPUT, and files that are no OUTPUT.
run 1 --retries 0 in.csv out.csv
sed '$d' in.csv >other.csv
review 2 other.csv out.csv
expect_stderr 'other.csv is not the INPUT of the run that wrote out.csv'
for file in in.csv out.csv.summary.json /dev/null .; do
    review 2 in.csv $file
done
printf 'no CSV "\n' >bad
review 2 in.csv bad
review 2 missing.csv out.csv
head -n 5 out.csv >cut.csv
printf '6,"' >>cut.csv
review 2 in.csv cut.csv
for option in --resume --restart --no-summary --check '--ping https://a.example/' \
    '--on-end true' --retry-failed; do
    # shellcheck disable=SC2086 # one word, or two
    review 2 $option in.csv out.csv
done
review 2 - out.csv
review 6 --metrics no/such.prom in.csv out.csv

# --quiet prints counts only if not all rows succeeded.
review 0 --quiet in.csv out.csv
expect_stderr 'rows: '
printf 'Id,%s\n%s,Clerk\n' "$TITLE" "${U}40" >good.csv
run 0 good.csv good.out.csv
BAUSER_ACCESS_TOKEN='' run 0 --review --quiet good.csv good.out.csv
[ ! -s err ] || fail "--quiet printed counts of a run that succeeded"
