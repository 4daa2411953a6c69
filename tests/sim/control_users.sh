#!/bin/bash
# Over the control address another program writes (PATCH), a state is set
# unnoticed (?quiet=1, PUT), and users go back to what the seed made.
. "$(dirname "$0")/lib.inc"

sim_start
made=$(held $first)
patch $first '{"JobTitle":"A","Name":{"FirstName":"B","LastName":null}}'
same "written" "$(held $first '[.JobTitle, .Name.FirstName,
    (.Name | has("LastName"))]')" '["A","B",false]'
[ "$(held $first .TimeStamp)" != "$(jq .TimeStamp <<<"$made")" ] ||
    fail "the same TimeStamp after a PATCH"
[[ $(held $first .LastModifiedTime) > $(jq .LastModifiedTime <<<"$made") ]] ||
    fail "LastModifiedTime did not move"
stamp=$(held $first '[.TimeStamp, .LastModifiedTime]')
patch $first '{"JobTitle":"***","Weight":1.50}' quiet
same "quiet" "$(held $first '[.TimeStamp, .LastModifiedTime]')" "$stamp"
control "users/$first" | grep -q '"Weight":1.50' ||
    fail "the literal 1.50 was lost"
patch $first '{"TimeStamp":null}' quiet
get_user $first
same "no TimeStamp" "$(body '.User | [.JobTitle, has("TimeStamp")] | @csv')" \
    '"***",false'
curl -sf -X PUT -d '{"Id":"1","TimeStamp":null}' "$control/users/$first" \
    >/dev/null
same "as put" "$(control "users/$first")" '{"Id":"1","TimeStamp":null}'
control users -X DELETE >/dev/null
same "as made" "$(held $first)" "$made"

status_of() {
    curl -s -o /dev/null -w '%{http_code}' "$@"
}
same "unknown user" "$(status_of "$control/users/5")" 404
same "bad patch" "$(status_of -X PATCH -d '{' "$control/users/$first")" 400
same "patch no object" "$(status_of -X PATCH -d 5 "$control/users/$first")" 400
same "unknown call" "$(status_of "$control/nothing")" 404
same "not recorded" "$(record .call)" '"GetUser"'
