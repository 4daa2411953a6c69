#!/bin/bash
# A user that can't be sent back unchanged fails at once, also if no other user
# shows that the service works. XML that is only unusual does no harm.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

# insert TEXT: each response to GetUser contains that text.
insert() {
    faults "$(jq -n --arg text "$1" \
        '{kind: "insert", call: "GetUser", times: 0, body: $text}')"
    forget_calls
}

printf '%s\n' "Id,$TITLE" "${U}05,Baker" >in.csv
case $API in
soap-*) insert '<Half>&#xD83D;</Half>' ;;
*) insert '"Half":"\ud83d",' ;;
esac
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName HttpStatus Retryable Attempts <<'END'
Failed|UnexpectedResponse|200|no|1
END
columns out.csv ErrorMessage >message
grep -qF "GetUser returned a user that can't be sent back unchanged: " message
grep -q ' in .*Half$' message || fail "$(<message)"
expect_counts GetUser=1 UpdateUser=0

# A long number fails only the row of a user that it would be sent back with.
if [[ $API != soap-* ]]; then
    insert '"New":{"Count":12345678901234567890},'
    status=$([ "$API" = rest ] && echo 1 || echo 0)
    run "$status" in.csv out.csv
    columns out.csv Status ErrorMessage | expect_file <(
        if [ "$API" = rest ]; then
            echo "Failed|GetUser returned a user that can't be sent back \
unchanged: a number that cannot be represented exactly in Count"
        else
            echo 'Updated|'
        fi
    )
fi

[[ $API == soap-* ]] || exit 0
insert '<New xmlns:f="urn:ö" f:x="1"/>'
run 0 --dry-run in.csv out.csv
expect_columns out.csv Status Attempts <<'END'
WouldUpdate|1
END
insert '<?instruction?>'
run 0 in.csv out.csv
expect_columns out.csv Status Attempts <<'END'
Updated|2
END
expect_counts GetUser=1 UpdateUser=1 applied=1
