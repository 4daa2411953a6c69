#!/bin/bash
# Users of one person share values. A plan for several of them is applied once if
# it gives them the same values; a user whose planned value others have changed,
# through whatever user of the person, is Conflict.
# services: rest
# acceptance: advertising
. "${0%/*}/../lib.sh"
. "$TESTS/cli/persons.inc"
values='[.JobTitle, .ContactInfo.Address.City, .Lcid, .ContactInfo.Fax]'

plan() {
    run 0 --dry-run --plan plan.csv in.csv out.csv
    sha=$(sha256sum plan.csv | cut -d ' ' -f 1)
    forget_calls
}
plan
run 0 --approve "$sha" plan.csv back.csv
columns back.csv Status | sort -u | expect_file <(echo Updated)
users 01 30 | jq -c "$values" >after
for ((n = 1; n <= 30; n += 3)); do
    for _ in 1 2 3; do
        echo "[\"Title $n\",\"City $n\",\"GermanGermany\",\"7$n\"]"
    done
done | diff - after
expect_counts most_applied=1 update_overlaps=0

# Of the users 01 to 03, somebody changes a planned value through user 02; of the
# users 04 to 06, another value.
control users -X DELETE >reset
plan
write_user 02 '.ContactInfo.Fax = "theirs"'
write_user 05 '.ContactInfo.Address.Line2 = "theirs"'
run 1 --approve "$sha" plan.csv back.csv
columns back.csv Id Status Field | sed -n 1,6p >found
expect_file found <<END
${U}01|Conflict|Fax
${U}02|Conflict|Fax
${U}03|Conflict|Fax
${U}04|Updated|
${U}05|Updated|
${U}06|Updated|
END
users 01 3 | jq -c .ContactInfo.Fax | uniq | expect_file <(echo '"theirs"')
expect_user 01 "$values" "$(users 02 1 | jq -c "$values")"
expect_user 06 '[.ContactInfo.Fax, .ContactInfo.Address.Line2]' '["74","theirs"]'

# Different values of one person: the first update wins, and the others are
# Conflict, since nobody has reviewed this.
control users -X DELETE >reset
printf "Id,JobTitle\n${U}01,One\n${U}02,Two\n" >in.csv
plan
run 1 --concurrency 1 --approve "$sha" plan.csv back.csv
columns back.csv Id Status Field | expect_file <(printf '%s\n' \
    "${U}01|Updated|" "${U}02|Conflict|JobTitle")
expect_user 03 .JobTitle '"One"'
