#!/bin/bash
# A user of Partner Center without an etag has no version that the service could
# compare. If an update waits, the expected values are compared again before it
# is sent, and a value that others wrote meanwhile is kept.
# services: partner-center
. "${0%/*}/../lib.sh"
sim_start --etags 0
printf "Id,$TITLE,Expect.$TITLE\n${U}01,New,Old\n" >in.csv

# expect_conflict COMMAND...: runs it. Another program writes the user as soon as
# the update waits.
expect_conflict() {
    write_user 01 "$TITLE_PATH = \"Old\""
    forget_calls
    "$@" in.csv out.csv &
    wait_until is_waiting
    write_user 01 "$TITLE_PATH = \"Theirs\""
    wait "$!"
    expect_columns out.csv Status ErrorName Field Changed <<END
Conflict|GuardMismatch|$TITLE|
END
    expect_user 01 "$TITLE_PATH" '"Theirs"'
    expect_counts GetUser=2 applied=0
}

# The service requests a wait before the update is sent again.
faults '{"call":"UpdateUser","kind":"status","status":429,"retry_after":"5"}'
is_waiting() {
    control record | grep -q '"status":429'
}
expect_conflict run 1

# The rate limit admits the update half a minute after GetUser.
is_waiting() {
    expect_counts GetUser=1
}
expect_conflict fast_clock 6 run 1 --rate 2/m
