#!/bin/bash
# The users of one person are kept in sync: shared members follow an update,
# own ones stay, and every TimeStamp held for them goes stale.
. "$(dirname "$0")/lib.inc"

sim_start --users-per-person 3 --users 7
full_user
second=$((first + 1))
shared='[.Name, .Lcid, .JobTitle, .LastModifiedTime, .LastModifiedByUserId,
    (.ContactInfo | del(.Id, .Address.Id, .Address.TimeStamp))]'
own='[.Id, .CustomerId, .UserName, .SecretQuestion, .UserLifeCycleStatus]'
stale=$(held $second)
stranger=$(held $((first + 3)))
update_user "$(held $first '.JobTitle = "Neu" | .Name.FirstName = "Änne" |
    .SecretQuestion = "Anniversary"')"
same "status" "$status" 200
for other in $second $((first + 2)); do
    same "shared by $other" "$(held "$other" "$shared")" \
        "$(held $first "$shared")"
    same "ids of $other" "$(held "$other" '[.ContactInfo.Id,
        .ContactInfo.Address.Id]')" \
        "[\"$((other + 7))\",\"$((other + 14))\"]"
done
same "own members" "$(held $second "$own")" "$(jq -c "$own" <<<"$stale")"
same "the next person" "$(held $((first + 3)))" "$stranger"
same "touched" "$(counts .users_touched)" 3
same "applied" "$(counts .applied)" 1
same "TimeStamps" "$(for id in $first $second $((first + 2)); do
    held "$id" '.TimeStamp, .ContactInfo.Address.TimeStamp'
done | sort -u | wc -l)" 6

update_user "$stale"
same "a stale user" "$status $(body .OperationErrors[0].Code)" "400 209"
update_user "$(held $second '.JobTitle = null')"
same "a fresh one" "$status" 200
same "back again" "$(held $first '[.JobTitle, .SecretQuestion]')" \
    '[null,"Anniversary"]'
# The last person has one user only: the range ends there.
update_user "$(held $((first + 6)) '.JobTitle = "x"')"
same "the last one" "$status" 200
