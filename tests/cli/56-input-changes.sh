#!/bin/bash
# If the file changes while it is applied, the run stops with exit status 5 and
# OUTPUT is not created. --resume continues with the original file and rejects
# the changed one.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

make_input() {
    local padding

    printf -v padding '%0200d' 0
    echo "Id,$TOWN,_rest"
    for i in {1..300}; do
        user_row $((i % 90 + 1)) "number $i,$padding"
    done
}
applied() {
    expect_counts 'applied>=5'
}
make_input >whole.csv
for change in append replace; do
    cp whole.csv in.csv
    control users -X DELETE >reset
    forget_calls
    status=0
    "${PROGRAM[@]}" --window 50 --rate 200/s in.csv out.csv 2>err &
    wait_until applied
    case $change in
    append) echo "${U}01,More," >>in.csv ;;
    replace) sed 's/number/Nummer/' whole.csv | dd of=in.csv conv=notrunc ;;
    esac 2>dd.err
    wait $! || status=$?
    [ "$status" -eq 5 ] || fail "exit status $status instead of 5"
    expect_stderr 'in.csv' 'changed while it was applied'
    expect_no_file out.csv
    [ -s out.csv.part ]
    run 2 --window 50 --resume in.csv out.csv
    expect_stderr 'another input'
    [ -s out.csv.journal ]
    cp whole.csv in.csv
    run 0 --window 50 --resume in.csv out.csv
    columns out.csv Row | expect_file <(seq 300)
    expect_no_file out.csv.journal
    rm out.csv
done
