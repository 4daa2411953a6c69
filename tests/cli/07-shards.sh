#!/bin/bash
# In every mode, the shards of a file together contain each row exactly once,
# with its number in the file.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE"
    for n in {01..40}; do
        echo "$U$n,Title $n"
        echo "$(respelt "$U$n"),Last title $n"
    done
} >in.csv

# shards NAME [MODE]: runs the three shards; together they contain all rows.
shards() {
    local k

    for k in 0 1 2; do
        run 0 "${@:2}" --shard "$k/3" in.csv "$1.$k.csv"
        columns "$1.$k.csv" Row Id
    done | sort -n >"$1.rows"
    awk -F, 'NR > 1 { print NR - 1 "|" $1 }' in.csv | expect_file "$1.rows"
}
shards check --check
expect_counts calls=0
shards dry-run --dry-run
expect_counts calls=40 UpdateUser=0
shards apply
expect_counts applied=40 update_overlaps=0
shards reconcile --reconcile
for k in 0 1 2; do
    cmp <(columns check.$k.csv Row) <(columns apply.$k.csv Row)
    cmp <(columns check.$k.csv Row) <(columns reconcile.$k.csv Row)
    run 0 --export --shard "$k/3" in.csv "export.$k.csv"
    cmp <(columns apply.$k.csv Id) <(columns export.$k.csv Id)
    # No shard is empty or contains all rows.
    [[ $(wc -l <apply.$k.csv) -gt 10 && $(wc -l <apply.$k.csv) -lt 60 ]]
done

# With --shard-by, rows with the same value are in one shard. The journal knows
# the column.
{
    echo "Id,$TITLE,_Group"
    for n in {01..40}; do
        echo "$U$n,Group $n,g$((10#$n % 5))"
    done
} >groups.csv
for k in 0 1 2; do
    run 0 --check --shard "$k/3" --shard-by _group groups.csv "by.$k.csv"
    columns "by.$k.csv" Row | awk '{ print $1 % 5 }' | sort -u
done >groups
sort groups | expect_file <(seq 0 4)
run 10 --limit 1 --shard 0/3 --shard-by _Group groups.csv stopped.csv
run 2 --resume --shard 0/3 groups.csv stopped.csv
expect_stderr "with --shard-by '_Group', this one is without --shard-by"
run 3 --shard 0/3 --shard-by _Grop groups.csv other.csv
expect_stderr _Grop
run 2 --shard-by _Group groups.csv other.csv
expect_stderr '--shard-by requires --shard'
