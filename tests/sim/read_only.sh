#!/bin/bash
# Read-only members must be sent back unchanged, and an unknown member that the
# user does not have is refused.
. "$(dirname "$0")/lib.inc"

sim_start
full_user

before=$(stored $first)

# The member that the error names, and what makes it.
cat >"$dir/bad" <<'END'
UserName | .UserName = "other"
UserName | del(.UserName)
CustomerId | .CustomerId = "1"
LastModifiedTime | .LastModifiedTime = "2020-01-01T00:00:00.000"
LastModifiedByUserId | .LastModifiedByUserId = null
UserLifeCycleStatus | .UserLifeCycleStatus = "Deleted"
ContactInfo.Id | .ContactInfo.Id = "1"
ContactInfo.Address.Id | .ContactInfo.Address.Id = "1"
ContactInfo.Address.Id | del(.ContactInfo.Address.Id)
Password | .Password = "secret"
AddressTimeStamp | .AddressTimeStamp = "x"
Name.name | .Name.name = "x"
ContactInfo.Address.Line5 | .ContactInfo.Address.Line5 = "x"
END
filters=$(sed 's/^[^|]*| \(.*\)/(\1)/; $!s/$/,/' "$dir/bad")
jq -c "$filters" <<<"$before" >"$dir/users"
update_all "$dir/users"
for ((n = 1; n <= $(wc -l <"$dir/bad"); n++)); do
    cat "$dir/response.$n"
done | jq -r '.OperationErrors[] | "\(.Code) \(.Details)"' >"$dir/got"
sed 's/^\([^ ]*\) .*/201 \1/' "$dir/bad" | diff - "$dir/got" ||
    fail "unexpected errors"
same "unchanged" "$(stored $first)" "$before"

update_user "$(stored $first '.Extra = 5 | .Password = null')"
same "a known unknown may change" "$status" 200

# A new address gets an Id and a TimeStamp from the service.
patch $first '{"ContactInfo":null}' quiet
update_user "$(stored $first '.ContactInfo = {Email: "x@y.example",
    Address: {City: "Bonn"}}')"
same "new parents" "$status" 200
same "their ids" "$(stored $first '.ContactInfo | [.Id, .Address.Id,
    (.Address.TimeStamp | length), .Address.City]')" \
    "[\"$((first + 10000000))\",\"$((first + 20000000))\",12,\"Bonn\"]"
