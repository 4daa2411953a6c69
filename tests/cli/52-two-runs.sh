#!/bin/bash
# Two runs cannot have the same OUTPUT. The second one ends with exit status 2
# and makes no call; the first one is not affected.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

printf "Id,$TITLE\n${U}02,Second\n" >second.csv
mkfifo pipe
"${PROGRAM[@]}" - out.csv <pipe 2>first.err &
first=$!
exec 3>pipe
wait_until test -e out.csv.part
run 2 second.csv out.csv
expect_stderr 'another run is writing out.csv.part'
run 2 --restart second.csv out.csv
run 2 --check second.csv out.csv
mkdir sub
ln -s ../out.csv sub/link.csv
touch out.csv
run 2 second.csv sub/link.csv
run 0 second.csv other.csv
printf "Id,$TITLE\n${U}01,First\n" >&3
exec 3>&-
wait "$first"
expect_columns out.csv Id Status <<<"${U}01|Updated"
run 0 second.csv out.csv
expect_counts GetUser=3 applied=2
