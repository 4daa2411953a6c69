#!/bin/bash
# --reconcile reports whether the service matches the file, and sends no update.
# Guards are compared like any column.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

cat >in.csv <<END
Id,$TITLE,$TOWN,$GUARD
${U}01,Head,Oslo,
${U}02,,delete_value,
END
run 0 in.csv applied.csv
forget_calls
cat >>in.csv <<END
${U}03,Somebody else,,
${U}04,,,Deleted
$NOBODY,x,,
END
users_before 01 4
run 1 --reconcile in.csv out.csv
expect_columns out.csv Row Status ErrorName Attempts Changed <<END
1|Match||1|
2|Match||1|
3|Drift||1|$TITLE
4|Drift||1|$GUARD
5|Failed|$NOT_THERE|1|
END
expect_counts GetUser=5 UpdateUser=0 applied=0

# "The service has trimmed and respelled our values": that is drift, and a note
# says so; --loose ignores letter case and blanks, but no other letter.
cat >loose.csv <<END
Id,$TITLE,$TOWN
${U}01, HEAD ,
${U}02,Heads,
END
printf "Id,$TITLE\n${U}01,Head\n${U}02,Head\n" >head.csv
run 0 head.csv applied.csv
run 1 --reconcile loose.csv out.csv
columns out.csv Status Note | expect_file <(
    echo "Drift|$TITLE begins with a space; the service has $TITLE in another spelling"
    echo 'Drift|')
run 1 --reconcile --loose loose.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Match Drift)
run 2 --loose loose.csv out.csv
expect_stderr '--loose requires --reconcile'
