#!/bin/bash
# With interfere another program writes the user just before an update, which
# is stale then, as often as the rule says; its patch stays.
. "$(dirname "$0")/lib.inc"

sim_start
fault '{"kind":"interfere","call":"UpdateUser","times":2,
    "patch":{"JobTitle":"Theirs"}}'
for _ in 1 2; do
    update_user "$(held $first '.Lcid = "GermanGermany" | .JobTitle = "Ours"')"
    same "stale" "$status $(body .OperationErrors[0].Code)" "400 209"
    same "their write" "$(held $first .JobTitle)" '"Theirs"'
done
update_user "$(held $first '.JobTitle = "Ours"')"
same "the third" "$status $(held $first .JobTitle)" '200 "Ours"'
same "the record" "$(record '[.fault, .applied]' | tr -d '\n')" \
    '["interfere",false]["interfere",false][null,true]'
