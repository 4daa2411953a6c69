#!/bin/bash
# The users of one person are kept in sync: an update changes the shared members
# of all of them. Every version of them from before is stale.
. "$(dirname "$0")/lib.inc"

sim_start --users-per-person 3 --users 7
full_user
second=$((first + 1))
shared='[.Name, .Lcid, .JobTitle, .LastModifiedTime, .LastModifiedByUserId,
    (.ContactInfo | del(.Id, .Address.Id, .Address.TimeStamp))]'
own='[.Id, .CustomerId, .UserName, .SecretQuestion, .UserLifeCycleStatus]'
stale=$(stored $second)
stranger=$(stored $((first + 3)))
update_user "$(stored $first '.JobTitle = "Neu" | .Name.FirstName = "Änne" |
    .SecretQuestion = "Anniversary"')"
same "status" "$status" 200
for other in $second $((first + 2)); do
    same "shared by $other" "$(stored "$other" "$shared")" \
        "$(stored $first "$shared")"
    same "ids of $other" "$(stored "$other" '[.ContactInfo.Id,
        .ContactInfo.Address.Id]')" \
        "[\"$((other + 7))\",\"$((other + 14))\"]"
done
same "own members" "$(stored $second "$own")" "$(jq -c "$own" <<<"$stale")"
same "the next person" "$(stored $((first + 3)))" "$stranger"
same "touched" "$(counts .users_touched)" 3
same "applied" "$(counts .applied)" 1
same "TimeStamps" "$(for id in $first $second $((first + 2)); do
    stored "$id" '.TimeStamp, .ContactInfo.Address.TimeStamp'
done | sort -u | wc -l)" 6

update_user "$stale"
same "a stale user" "$status $(body .OperationErrors[0].Code)" "400 209"
update_user "$(stored $second '.JobTitle = null')"
same "a fresh one" "$status" 200
same "changed for all" "$(stored $first '[.JobTitle, .SecretQuestion]')" \
    '[null,"Anniversary"]'
# The range ends after the only user of the last person.
update_user "$(stored $((first + 6)) '.JobTitle = "x"')"
same "the last one" "$status" 200
