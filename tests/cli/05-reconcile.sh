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
