#!/bin/bash
# A user depends only on the seed and the Id. The range has its limits, and the
# Ids are above 2^53. Several hundred users contain every promised difficulty.
. "$(dirname "$0")/lib.inc"

sim_start --users 2000 --seed 5
control "users?first=$first&count=2000" >"$dir/users"
same "users" "$(wc -l <"$dir/users")" 2000
control "users?first=$((first + 1999))&count=9" >"$dir/tail"
same "users at the end" "$(wc -l <"$dir/tail")" 1
same "the last one alone" "$(stored $((first + 1999)))" \
    "$(jq -c . "$dir/tail")"
same "ids" "$(jq -r .Id "$dir/users" | sed -n '1p;$p' | tr '\n' ' ')" \
    "$first $((first + 1999)) "
same "touched" "$(counts .users_touched)" 0

get_user $((first + 2000))
same "beyond the range" "$status $(body .OperationErrors[0].Code)" "400 210"
get_user $((first - 1))
same "before the range" "$status $(body .OperationErrors[0].Code)" "400 210"

some() {
    jq -ne "any(inputs; $1)" "$dir/users" >"$dir/any" || fail "never: $1"
}
some '.ContactInfo == null and has("ContactInfo")'
some '(has("ContactInfo") | not)'
some '.ContactInfo.Address? == null and (.ContactInfo | type) == "object"'
some '.Name == null and has("Name")'
some '(has("Name") | not)'
some '.JobTitle == null and has("JobTitle")'
some '(has("JobTitle") | not)'
some '.Preferences.Theme == "dark"'
some '.ContactInfo.IsBetaTester? == false'
some '.ContactInfo.Address.Empty? == {}'
some '.Name.Tags? != null'
some '(.ForwardCompatibilityMap // [])[0].Key != null'
some '(.ForwardCompatibilityMap // [])[0].key != null'
some '(.Name.FirstName? // "") | test("🦊")'
some '(.Name.FirstName? // "") | test("\t")'
some '(.ContactInfo.Address.Line2? // "") | test("\n")'
jq -ne 'all(inputs; .Password == null and
    (.TimeStamp | test("^[A-Za-z0-9+/]{11}=$")) and
    .TimeStamp != .ContactInfo.Address?.TimeStamp? and
    (.Id, .CustomerId | type) == "string")' "$dir/users" >/dev/null ||
    fail "a user breaks a rule for all"
same "different TimeStamps" \
    "$(jq -r .TimeStamp "$dir/users" | sort -u | wc -l)" 2000
grep -q '"Scale":1.50' "$dir/users" || fail "1.50 lost its zero"
grep -q ':1E3' "$dir/users" || fail "1E3 became another literal"

sim_stop
sim_start --users 2000 --seed 5
control "users?first=$first&count=2000" | cmp -s - "$dir/users" ||
    fail "the same seed generated other users"
sim_stop
sim_start --users 2000 --seed 6 --first-id 1
control "users?first=1&count=2000" | cmp -s - "$dir/users" &&
    fail "another seed generated the same users"
same "small ids" "$(stored 1 .Id)" '"1"'
