#!/bin/bash
# Two runs cannot have the same OUTPUT. The second one ends with exit status 5,
# makes no call and leaves no file; the first one is not affected.
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
run 5 second.csv out.csv
expect_file err <<'END'
bauser-batch: another run is writing out.csv.part: wait until it ends, or choose another OUTPUT
END
run 5 --restart second.csv out.csv
run 5 --resume second.csv out.csv
run 5 --check second.csv out.csv
mkdir sub
ln -s ../out.csv sub/link.csv
touch out.csv
run 5 second.csv sub/link.csv
run 5 --failed out.csv second.csv other.csv
expect_no_file out.csv.part.summary.json other.csv.part.summary.json
run 0 second.csv other.csv
printf "Id,$TITLE\n${U}01,First\n" >&3
exec 3>&-
wait "$first"
expect_columns out.csv Id Status <<<"${U}01|Updated"
run 0 second.csv out.csv
expect_counts GetUser=3 applied=2
