#!/bin/bash
# If another program changes the user meanwhile, its changes are kept. A member
# that both have written is restored only on request.
# services: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"
. "$TESTS/live/live.inc"
sim_start "${ETAGS[@]}"
case $API in
partner-center) ours=lastName theirs=firstName ;;
*) ours=JobTitle theirs=Lcid ;;
esac
user_now >before

# interfere SKIP PATCH: another program writes before the next update but SKIP.
interfere() {
    faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"skip\":$1,
        \"patch\":$2}"
}

# Another member, before the first update, and before the user is restored.
for skip in 0 1; do
    interfere "$skip" "{\"$theirs\":\"GermanGermany\"}"
    live 0 --disposable --only text-case
    expect_result text-case holds
    expect_stderr "$theirs is not as before: another program" \
        'the user is restored'
    jq -S ".$theirs = \"GermanGermany\"" before | diff - <(user_now)
    jq -c "{$theirs}" before >original.part
    control "users/$USER_ID" -X PATCH -d "$(<original.part)" >patched
done

# The same member.
interfere 1 "{\"$ours\":\"Their own\"}"
live 3 --disposable --only text-case
expect_stderr "another program has changed $ours, and it was kept" --overwrite
jq -S ".$ours = \"Their own\"" before | diff - <(user_now)
restore 3
jq -S ".$ours = \"Their own\"" before | diff - <(user_now)
restore 0 --overwrite
user_now | diff before -
expect_no_file live-original.json

# Again and again, while everything is tested.
faults "{\"kind\":\"interfere\",\"call\":\"UpdateUser\",\"percent\":30,
    \"times\":0,\"patch\":{\"$theirs\":\"EnglishUK\"}}"
live '[01]' --disposable
jq -S ".$theirs = \"EnglishUK\"" before | diff - <(user_now)
sed -n '/differs |$/p' out |
    expect_no_match -vE '^\| (etag-absent|byte-order-mark):'
