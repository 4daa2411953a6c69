#!/bin/bash
# A user of Partner Center depends only on the seed and its number, and belongs
# to one tenant. Several hundred users contain every promised difficulty.
. "$(dirname "$0")/lib.inc"

sim_start --users 1000 --seed 5 --tenants 3
control "users?first=$user&count=1000" >"$dir/users"
same "users" "$(wc -l <"$dir/users")" 1000
same "ids" "$(jq -r .id "$dir/users" | sed -n '1p;$p')" "$user
${user%0001}1000"
same "touched" "$(counts .users_touched)" 0

some() {
    jq -ne "any(inputs; $1)" "$dir/users" >"$dir/any" || fail "never: $1"
}
for name in usageLocation firstName lastName displayName phoneNumber \
    immutableId userDomainType state lastDirectorySyncTime softDeletionTime \
    attributes; do
    some "has(\"$name\") and .$name == null"
    some "(has(\"$name\") | not)"
    some ".$name != null"
done
some '.lastName == ""'
some '.firstName | . != null and test("🦊")'
some '.firstName | . != null and test("\t")'
some '.Preferences.Theme == "dark"'
some '.links.Empty == {}'
some '.links.self.IsBetaTester == false'
some '.attributes.Tags? != null'
some '.attributes | . != null and has("etag") and .etag == null'
some '.attributes | . != null and (has("etag") | not)'
some '.attributes.etag? // "" | test("^[A-Za-z0-9+/]{11}=$")'
some '.attributes.etag? // "" | test("^\"[A-Za-z0-9+/]{11}=\"$")'
some '.attributes.etag? // "" | test("^W/\"[A-Za-z0-9+/]{11}=\"$")'
same "different etags" "$(jq -r '.attributes.etag? // empty' "$dir/users" |
    sort | uniq -d)" ''
grep -q '"Scale":1.50' "$dir/users" || fail "1.50 lost its zero"

# User number N belongs to tenant N modulo 3; 0 is the default tenant.
jq -r .links.self.uri "$dir/users" | cut -d / -f 3 >"$dir/tenants"
same "tenants" "$(sort -u "$dir/tenants" | wc -l)" 3
same "of number 3" "$(sed -n 3p "$dir/tenants")" $tenant
same "of number N" "$(awk 'NR > 3 && $0 != was[NR % 3] { bad++ }
    { was[NR % 3] = $0 } END { print bad + 0 }' "$dir/tenants")" 0
third=${user%1}3
partner_get "$third"
same "the third" "$status $(cat "$dir/body")" \
    "200 $(control "users/$third")"
partner_get "${third^^}"
same "in capitals" "$status $(body .id)" "200 $third"
absent() {
    partner_get "$2"
    same "$1" "$status $(error .code)" "404 60002"
}
absent "beyond the range" "${user%0001}1001"
absent "number 0" "${user%1}0"
absent "another GUID" 4b10bf41-ab11-40e3-8c53-cd67849b50de
absent "another prefix" 5b10bf41-ab11-40e3-8c53-000000000003
absent "another tenant's" "$user"
tenant=$(head -1 "$dir/tenants")
partner_get "$user"
same "the first" "$status $(body .id)" "200 $user"
tenant=${tenant^^}
partner_get "$user"
same "its tenant in capitals" $status 200
tenant=00000000-0000-0000-0000-000000000000
absent "no tenant" "$user"

sim_stop
sim_start --users 1000 --seed 5 --tenants 3 --first-id 17
control "users?first=$user&count=1000" | cmp -s - "$dir/users" ||
    fail "the same seed generated other users"
sim_stop
sim_start --users 1000 --seed 6 --tenants 3
control "users?first=$user&count=1000" | cmp -s - "$dir/users" &&
    fail "another seed generated the same users"
sim_stop
sim_start
same "one tenant" "$(stored "$user" .links.self.uri)" \
    "\"/customers/eebd1b55-5360-4438-a11d-5c06918c3014/users/$user\""
