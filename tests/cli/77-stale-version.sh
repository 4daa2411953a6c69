#!/bin/bash
# If another program writes the user between GetUser and UpdateUser, the user is
# fetched and merged again, and both changes are kept. After eight times, or if
# a guard no longer matches, its rows are Conflict. Nothing is written then.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start "${ETAGS[@]}"

# another_writes TIMES FILTER: another program writes before each of the next
# TIMES updates.
another_writes() {
    faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"times\":$1,
        \"patch\":$(object "$2")}"
}

printf "Id,$TITLE\n${U}01,Ours\n${U}02,Ours\n" >in.csv
another_writes 3 "$TOWN_PATH = \"Theirs\" | $TITLE_PATH = \"Theirs\""
run 0 --concurrency 1 in.csv out.csv
expect_columns out.csv Status Changed ErrorName Retryable <<END
Updated|$TITLE||
Updated|$TITLE||
END
expect_counts applied=2 most_applied=1 UpdateUser=5 GetUser=5
expect_user 01 "[$TOWN_PATH, $TITLE_PATH]" '["Theirs","Ours"]'

# The other program has written the same value.
printf "Id,$TITLE\n${U}03,Same\n" >in.csv
another_writes 1 "$TITLE_PATH = \"Same\""
run 0 in.csv out.csv
expect_columns out.csv Status Changed Attempts <<<'Unchanged||3'

# The guard matches at first, but not after the other program's write.
write_user 04 "$GUARD_PATH = \"someone\""
printf "Id,$TITLE,$GUARD\n${U}04,Ours,someone\n" >in.csv
another_writes 1 "$GUARD_PATH = \"someone-else\""
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Field Changed Retryable Attempts \
    <<<"Conflict|GuardMismatch|$GUARD||no|3"

# The other program writes before every update. The delays grow to minutes.
printf "Id,$TITLE\n${U}05,Ours\n${U}06,Ours\n" >in.csv
forget_calls
faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"id\":\"${U}05\",
    \"times\":0}"
fast_clock 60 run 1 in.csv out.csv
expect_columns out.csv Status ErrorName Changed Retryable Attempts <<END
Conflict|$STALE||yes|19
Updated||$TITLE||2
END
expect_counts applied=1 UpdateUser=10
expect_stderr '2 rows: 1 Updated, 1 Conflict;'
