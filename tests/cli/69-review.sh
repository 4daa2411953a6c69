#!/bin/bash
# --review counts the rows of a finished OUTPUT, of every mode, and makes the
# metrics again. What only the run knew comes from its summary, or is reported as
# not recorded. No call is made, and no file of the run is changed.
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
# review STATUS ARGUMENT...: it calls nothing, and changes no file of the run.
review() {
    local before

    forget_calls
    before=$(ls -lnR --time-style=full-iso --ignore={out,err,again.prom})
    BAUSER_ACCESS_TOKEN='' run "$1" --review "${@:2}"
    expect_counts calls=0
    [ "$before" = "$(ls -lnR --time-style=full-iso --ignore={out,err,again.prom})" ] ||
        fail "files were changed"
}

faults "{\"call\":\"GetUser\",\"id\":\"${U}12\",\"kind\":\"status\",\"times\":0}"
for words in '' --dry-run --reconcile --export --check; do
    for out in out.csv out.csv.gz; do
        # shellcheck disable=SC2086 # no word, or one
        run 1 --retries 1 --metrics first.prom $words in.csv $out
        grep '^bauser-batch: ' err >first
        [ -z "$words" ] || [ "$words" = --check ] ||
            expect_none 'not recorded' first
        review 0 --metrics again.prom in.csv $out
        # The commands are those of the run.
        expect_file err <first
        diff <(sed 's/run="first"//' first.prom) <(sed 's/run="again"//' again.prom)
        rm again.prom

        # Without the summary, or with another one.
        mv $out.summary.json away
        review 0 --metrics again.prom in.csv $out
        expect_stderr 'the summary of the run cannot be used: No such file' \
            'calls and times are not recorded'
        grep '^bauser_batch_rows' first.prom | sed 's/run="first"/run="again"/' |
            diff - <(grep '^bauser_batch_rows' again.prom)
        expect_none 'bauser_batch_(calls|last)' again.prom
        rm again.prom
        jq '.output.sha256 = "0" * 64' away >$out.summary.json
        review 0 in.csv $out
        expect_stderr 'it belongs to another OUTPUT'
        mv away $out.summary.json
    done
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
mkdir again.prom
review 6 --metrics again.prom in.csv out.csv
