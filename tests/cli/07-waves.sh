#!/bin/bash
# --skip and --where select rows, as --shard does: other rows have no result and
# no call. A resumed run must have the same selection.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,_Wave"
    for i in {1..30}; do
        user_row "$i" "Title $i,$((i % 3))"
    done
} >in.csv

# Three waves are the file.
for wave in 0 1 2; do
    run 0 --where "_Wave=$wave" in.csv "wave$wave.csv"
    columns "wave$wave.csv" Row | expect_file <(
        seq 30 | awk -v w=$wave '$1 % 3 == w'
    )
    expect_counts "applied=$((10 * (wave + 1)))" most_applied=1
done
jq .input.rows wave0.csv.summary.json | expect_file <(echo 10)

# All conditions must be true, with exactly that text. The name is that of INPUT,
# in any letter case, or another name of the column.
run 0 --dry-run --skip 20 --where _wave=1 --where "${TITLE^^}=Title 25" in.csv out.csv
columns out.csv Row | expect_file <(echo 25)
run 0 --dry-run --where "UserId=$(id 7)" in.csv out.csv
columns out.csv Row | expect_file <(echo 7)
for text in 'title 25' 'Title 25 ' ''; do
    run 0 --dry-run --where "$TITLE=$text" in.csv out.csv
    columns out.csv Row | expect_file /dev/null
    expect_stderr 'warning: no row of in.csv is selected by --where'
done
printf 'Id,%s,_Wave\n%s,x,\n%s,y,1\n' "$TITLE" "$(id 1)" "$(id 2)" >empty.csv
run 0 --check --where _Wave= empty.csv out.csv
columns out.csv Row | expect_file <(echo 1)
run 0 --check --skip 30 in.csv out.csv
columns out.csv Row | expect_file /dev/null
expect_stderr 'warning: no row of in.csv is selected by --skip'
expect_none '--where' err
run 0 --check --skip 29 --where _Wave=5 in.csv out.csv
expect_stderr 'warning: no row of in.csv is selected by --skip and --where'

# A column that is not there, or twice, is an error.
run 3 --where _Wvae=1 in.csv out.csv
expect_stderr 'there is no column "_Wvae"; did you mean "_Wave"?' --where
sed '1s/$/,_Wave/; 2,$s/$/,1/' in.csv >twice.csv
run 3 --where _Wave=1 twice.csv out.csv
expect_stderr 'there are several columns "_Wave"'
for wrong in _Wave =1 ''; do
    run 2 --where "$wrong" in.csv out.csv
    expect_stderr "--where takes 'COLUMN=VALUE'"
done
run 2 --skip -1 in.csv out.csv
expect_stderr '--skip takes a number of rows'

# The selection is a part of the run.
control users -X DELETE >reset
forget_calls
rm -f out.csv*
run 10 --where _Wave=1 --limit 3 in.csv out.csv
run 2 --resume in.csv out.csv
expect_stderr "with --where '_Wave=1', this one is without --where"
run 2 --resume --skip 1 --where _Wave=1 in.csv out.csv
expect_stderr "with --skip '0', this one is with --skip '1'"
run 0 --resume --where _Wave=1 in.csv out.csv
columns out.csv Row Status | expect_file <(seq 1 3 30 | sed 's/$/|Updated/')
expect_counts applied=10 most_applied=1
