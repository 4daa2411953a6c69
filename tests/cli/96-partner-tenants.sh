#!/bin/bash
# A user of Partner Center is fetched from the tenant that its row names, or
# from that of --customer-id. The same Id in two tenants means two users; two
# spellings of an Id mean one. An exported file can be applied.
. "${0%/*}/../lib.sh"
sim_start --tenants 2

P=4b10bf41-ab11-40e3-8c53-0000000000 # and the number of a user
T=eebd1b55-5360-4438-a11d-5c06918c3014
tenant() {
    control "users/$P$1" | jq -r '.links.self.uri | split("/")[2]'
}
[ "$(tenant 02)" = "$T" ]
other=$(tenant 01)
[ "$other" != "$T" ]
api=(--api partner-center)

cat >in.csv <<END
Id,CustomerTenantId,displayName,firstName
${P}02,$T,Two,
${P}02,$other,Two,
${P^^}02,${T^^},,Bea
${P}01,$other,One,
${P}04,,Four,
${P}06,$T.,Six,
${P}08,delete_value,Eight,
7,$T,Seven,
END
run 1 "${api[@]}" in.csv out.csv
expect_columns out.csv Row Id Status ErrorCode ErrorName Field Attempts <<END
1|${P}02|Updated||||2
2|${P}02|Failed|60002|UserNotFound||1
3|${P^^}02|Updated||||2
4|${P}01|Updated||||2
5|${P}04|Failed||MissingTenant|CustomerTenantId|0
6|${P}06|Failed||InvalidGuid|CustomerTenantId|0
7|${P}08|Failed||NotClearable|CustomerTenantId|0
8|7|Failed||InvalidId|Id|0
END
[ "$(control "users/${P}02" | jq -c '[.displayName, .firstName]')" = \
    '["Two","Bea"]' ]
expect_counts applied=2

# An empty cell means the tenant of --customer-id.
run 1 "${api[@]}" --customer-id "${T^^}" in.csv out.csv
columns out.csv Row Status | sed -n '1p;2p;4,5p' >rows
expect_file rows <<END
1|Unchanged
2|Failed
4|Unchanged
5|Updated
END

# Without the column, all users belong to the tenant of --customer-id. Without
# both, the file is rejected.
sed '1!d' in.csv >head.csv
cut -d, -f1,3 in.csv | sed '1p;/02/!d' | uniq >plain.csv
run 0 "${api[@]}" --customer-id "$T" plain.csv out.csv
columns out.csv Status | sort -u | expect_file <(echo Unchanged)
forget_calls
run 3 "${api[@]}" plain.csv none.csv
expect_stderr plain.csv --customer-id CustomerTenantId
run 3 "${api[@]}" --check plain.csv
expect_no_file none.csv
expect_counts calls=0

# Exported users have their tenant, even if they are not found. The exported
# file changes nothing.
printf '%s\n' Id,CustomerTenantId "${P}01,$other" "${P}02," \
    "${P}03,$T" >ids.csv
run 1 "${api[@]}" --customer-id "$T" --export ids.csv export.csv
expect_columns export.csv Id CustomerTenantId _Status <<END
${P}01|$other|Exported
${P}02|$T|Exported
${P}03|$T|Failed
END
run 1 "${api[@]}" export.csv out.csv
expect_columns out.csv Status ErrorName <<END
Unchanged|
Unchanged|
Failed|UserNotFound
END

# All users of a tenant are in one shard; with --shard-by Id, all rows of a user
# are, whatever the spelling of the Id.
cat >shards.csv <<END
Id,CustomerTenantId,firstName
${P}02,$T,A
${P^^}02,$T,B
${P}0a,$T,C
${P}0A,$T,D
END
for k in 0 1 2; do
    run 0 "${api[@]}" --shard $k/3 --shard-by Id --check shards.csv shard.csv
    columns shard.csv Row
done >rows
sort -n rows | expect_file <(printf '%s\n' 1 2 3 4)
grep -xA1 1 rows | expect_file <(printf '%s\n' 1 2)
grep -xA1 3 rows | expect_file <(printf '%s\n' 3 4)
run 0 "${api[@]}" --shard 0/2 --check shards.csv shard.csv
columns shard.csv Row >rows
run 0 "${api[@]}" --shard 1/2 --check shards.csv shard.csv
columns shard.csv Row >>rows
expect_file rows <<<$'1\n2\n3\n4'
