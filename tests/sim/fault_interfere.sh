#!/bin/bash
# With interfere, another program writes the user just before an update, which
# then fails as stale. The change of the other program stays.
. "$(dirname "$0")/lib.inc"

sim_start
fault '{"kind":"interfere","call":"UpdateUser","times":2,
    "patch":{"JobTitle":"Theirs"}}'
for _ in 1 2; do
    update_user "$(stored $first '.Lcid = "GermanGermany" | .JobTitle = "Ours"')"
    same "stale" "$status $(body .OperationErrors[0].Code)" "400 209"
    same "their write" "$(stored $first .JobTitle)" '"Theirs"'
done
update_user "$(stored $first '.JobTitle = "Ours"')"
same "the third" "$status $(stored $first .JobTitle)" '200 "Ours"'
same "the record" "$(record '[.fault, .applied]' | tr -d '\n')" \
    '["interfere",false]["interfere",false][null,true]'
