#!/bin/bash
# The merged file of --failed is that of a single run, also of a run of selected
# rows, whose options about INPUT are given again. If it cannot be made, OUTPUT is
# not written.
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,$BAD,_Wave"
    for n in {01..30}; do
        case $n in
        *[37]) echo "$U$n,,$BAD_VALUE,$((10#$n % 2))" ;;
        *) echo "$U$n,Title $n,,$((10#$n % 3))" ;;
        esac
    done
} >in.csv

selection=(--skip 4 --where _Wave=1)
for name in all.csv all.csv.gz; do
    run 1 "${selection[@]}" --failed single.failed.csv in.csv "single.$name"
    for k in 0 1; do
        PARALLEL_SEQ=$((k + 1)) run 1 --shard auto/2 "${selection[@]}" \
            in.csv "$name"
    done
    for given in '' '--skip 4' '--where _Wave=1' '--skip 3 --where _Wave=1' \
        '--skip 4 --where _Wave=0' '--skip 4 --where _Wave=1 --where _Wave=0'; do
        # shellcheck disable=SC2086 # words
        run 2 --merge --failed failed.csv $given "$name"
        expect_no_file "$name" "$name.summary.json" failed.csv
        expect_stderr '--failed needs the INPUT of that run, and the same options'
    done
    run 2 --merge "${selection[@]}" "$name"
    expect_stderr '--merge and --skip without --failed cannot be combined'
    run 1 --merge --failed failed.csv "${selection[@]}" "$name"
    expect_file failed.csv <single.failed.csv
    [ "$(wc -l <failed.csv)" -gt 2 ]
    rm -f "$name" ./*failed.csv
done
