#!/bin/bash
# --list writes each user of all customers that the sign-in may see, or of
# --customer-id, once. The file can be passed to --export as it is. Only
# --deleted lists deleted users.
# services: all
. "${0%/*}/../lib.sh"

case $API in
partner-center)
    API_OPTIONS=(--api partner-center) # without --customer-id
    customer() { users 2 1 | jq -r '.links.self.uri | split("/")[2]'; }
    # stored FILTER: prints the users of the simulator with that filter, as a
    # list contains them.
    stored() {
        users 1 60 | jq -r "select($1) | [(.links.self.uri | split(\"/\")[2]),
            .id, .userPrincipalName, .displayName, .firstName, .lastName,
            .state] | map(. // \"\") | join(\"|\")" | sort
    }
    NAMES=(CustomerTenantId Id userPrincipalName displayName firstName lastName
        state)
    DELETED='.state == "inactive"'
    ;;
*)
    customer() { echo 500000002; }
    stored() {
        users 1 60 | jq -r "select($1) | [.Id, .UserName,
            500000001 + (.Id[-2:] | tonumber - 1) % 3, .UserLifeCycleStatus] |
            map(tostring) | join(\"|\")" | sort
    }
    NAMES=(Id UserName _CustomerId _UserLifeCycleStatus)
    DELETED='.UserLifeCycleStatus == "Deleted"'
    ;;
esac
sim_start --users 60 --customers 3 --tenants 3 --page-size 7
write_user 05 "$(case $API in
    partner-center) echo '.state = "inactive"' ;;
    *) echo '.UserLifeCycleStatus = "Deleted"' ;;
    esac)"
write_user 08 "$(case $API in
    partner-center) echo '.displayName = "a\"b,c;d"' ;;
    *) echo '.UserName = "a\"b,c;d"' ;;
    esac)"

# expect_list FILE FILTER: the file has these users of the simulator, once.
expect_list() {
    IFS=, eval 'echo "${NAMES[*]}"' >wanted.header
    head -n 1 "$1" | expect_file wanted.header
    columns "$1" "${NAMES[@]}" | sort >listed.users
    stored "$2" | expect_file listed.users
}

run 0 --list users.csv
expect_list users.csv "$DELETED | not"
[ "$(stat -c %a users.csv)" = 600 ]
expect_no_file users.csv.part users.csv.journal
expect_stderr "$(($(wc -l <listed.users))) Listed"
[ "$(control counts | jq '.GetUser + .List')" = \
    "$(sed -n 's/.*; \([0-9]*\) calls.*/\1/p' err)" ]

run 0 --list --deleted deleted.csv
expect_list deleted.csv "$DELETED"

run 0 --list --customer-id "$(customer)" one.csv
columns one.csv "${NAMES[@]}" | sort >listed.users
stored "$DELETED | not" | grep -F "$(customer)" | expect_file listed.users
# The printed command works.
bash -c "$(sed -n 's/.*: to export all columns of these users: //p' err)" 2>err ||
    fail "the command failed"
columns one.csv.export.csv Id | sort | expect_file <(columns one.csv Id | sort)

# The list is an INPUT.
"${PROGRAM[@]}" --list - 2>err | "${PROGRAM[@]}" --export - export.csv 2>err
columns export.csv Id | sort >exported
columns users.csv Id | sort | expect_file exported

# The other operand, and options of other modes, are refused.
forget_calls
run 2 --list in.csv users.csv
expect_stderr '--list takes no INPUT' in.csv
run 2 --list
expect_stderr 'OUTPUT is missing'
run 2 --list --failed failed.csv users.csv
expect_stderr --failed --list
run 2 --list --retry-failed users.csv
run 2 --list --undo undo.csv users.csv
run 2 --list --report report.html users.csv
expect_stderr --report --list
run 2 --list --skip 1 users.csv
run 2 --list --shard 0/2 users.csv
run 2 --list --where Id=1 users.csv
expect_stderr --where --list
run 2 --deleted in.csv out.csv
expect_counts calls=0
