#!/bin/bash
# The summary contains the five most frequent errors, with their first rows, and
# what to do next, also for the rows of an interrupted run. --quiet prints it only if the exit
# status is not 0. --no-progress prints everything but the progress. A run that
# stops without any result has counts, too.
. "${0%/*}/../lib.sh"
sim_start

# Rows 1 to 60 are good, and the other 21 fail for six reasons.
{
    echo 'Id,City,Lcid,EmailFormat,Fax,UserName,ContactByPhone'
    for i in {1..60}; do
        echo "$(id "$i"),Oslo,,,,,"
    done
    for i in {1..6}; do
        echo "90000000000000000$i,Oslo,,,,,"
        [ "$i" -gt 5 ] || echo "$(id "8$i"),,$i,,,,"
        [ "$i" -gt 4 ] || echo "$(id "9$i"),,,Word,,,"
        [ "$i" -gt 3 ] || echo "no-id,Oslo,,,,,"
        [ "$i" -gt 2 ] || echo "$(id "7$i"),Oslo,,,,nobody,"
        [ "$i" -gt 1 ] || echo "$(id "6$i"),,,,,,maybe"
    done
} >in.csv
# top_errors: prints what the five lines of errors must be.
top_errors() {
    columns out.csv Status ErrorName Field Row | grep -v '^U' |
        awk -F '|' '{ key = $2 ($3 == "" ? "" : " (" $3 ")"); count[key]++
            if (!(key in first)) first[key] = $4 }
            END { for (key in count)
                printf "bauser-batch: %d × %s, first in row %d\n", count[key],
                    key, first[key] }' | sort -t ' ' -k 2nr | head -n 5
}
for options in '' --quiet --no-progress; do
    # shellcheck disable=SC2086 # no word, or one
    run 1 $options in.csv out.csv
    [ "$(top_errors | wc -l)" -eq 5 ]
    {
        echo 'bauser-batch: 81 rows: 60 Updated, 19 Failed, 2 Conflict;'
        top_errors
        echo "bauser-batch: to list the rows without success: grep -E ',(Failed|Conflict),' out.csv"
    } >expected
    sed '/: estimate: /d; /, endpoint /d; s/; .*/;/' err >found
    expect_file found <expected
    control users -X DELETE >reset
done

# A run that is resumed counts all rows.
faults '{"kind":"error","code":105,"skip":124,"times":0}'
run 4 --quiet --concurrency 1 in.csv out.csv
expect_stderr ' × InvalidValue (' 'to resume: '
faults
run 1 --quiet --resume in.csv out.csv
sed '/: estimate: /d; /, endpoint /d; s/; .*/;/' err >found
expect_file found <expected

# A run that stops at its first call, and one that cannot make a call.
faults '{"kind":"error","code":105,"times":0}'
head -n 61 in.csv >good.csv
run 4 --quiet --concurrency 1 good.csv stopped.csv
expect_stderr 'bauser-batch: 0 rows; ' 'to resume: '
faults
run 5 --quiet --endpoint http://127.0.0.1:1 --give-up 0.01 good.csv none.csv
expect_stderr 'bauser-batch: 0 rows; ' 'to resume: '

# If all is well, --quiet prints nothing.
run 0 --quiet good.csv out.csv
expect_file err </dev/null

# --no-progress prints no progress, and --quiet neither. The clock is so fast
# that a second is longer than the ten seconds between two lines.
control settings -d '{"latency_ms":300}' >settings
for options in --quiet --no-progress; do
    fast_clock 60 run 0 "$options" --concurrency 1 --timeout 3600 \
        <(head -n 4 good.csv) progress.csv
    expect_none ' elapsed' err
done
fast_clock 60 run 0 --concurrency 1 --timeout 3600 <(head -n 4 good.csv) progress.csv
expect_stderr ' elapsed'
