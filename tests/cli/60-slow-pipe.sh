#!/bin/bash
# Rows that arrive slowly through a pipe are sent after a second without input.
# Waiting for more rows does not delay the calls in flight.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

mkfifo pipe
"${PROGRAM[@]}" - out.csv <pipe 2>err &
program=$!
exec 3>pipe
printf "Id,$TITLE\n${U}01,Fi" >&3
printf "rst\n${U}02,Second\n${U}01,Again\n" >&3
has_applied() {
    expect_counts "applied=$1"
}
wait_until has_applied 2
expect_user 01 "$TITLE_PATH" '"Again"'
# Their result rows are written too.
wait_until grep -q "^3,${U}01,Updated" out.csv.part
printf "${U}03,Third\n${U}01,Late\n${U}04" >&3
wait_until has_applied 4
printf ',Last\n' >&3
exec 3>&-
wait "$program"
expect_columns out.csv Row Id Status <<END
1|${U}01|Updated
2|${U}02|Updated
3|${U}01|Updated
4|${U}03|Updated
5|${U}01|Updated
6|${U}04|Updated
END
expect_counts UpdateUser=5 applied=5 update_overlaps=0

# The rows of a gzip member are sent before the next member arrives.
forget_calls
"${PROGRAM[@]}" - unzipped.csv <pipe 2>err &
program=$!
exec 3>pipe
printf "Id,$TITLE\n${U}11,First\n" | gzip >&3
wait_until has_applied 1
printf "${U}12,Second\n" | gzip >&3
exec 3>&-
wait "$program"
expect_columns unzipped.csv Status <<END
Updated
Updated
END
