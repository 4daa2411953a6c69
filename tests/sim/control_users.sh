#!/bin/bash
# Over the control address, PATCH writes a user like another program. ?quiet=1
# and PUT change the document only, and DELETE restores the generated users.
. "$(dirname "$0")/lib.inc"

sim_start
generated=$(stored $first)
patch $first '{"JobTitle":"A","Name":{"FirstName":"B","LastName":null}}'
same "written" "$(stored $first '[.JobTitle, .Name.FirstName,
    (.Name | has("LastName"))]')" '["A","B",false]'
[ "$(stored $first .TimeStamp)" != "$(jq .TimeStamp <<<"$generated")" ] ||
    fail "the same TimeStamp after a PATCH"
[[ $(stored $first .LastModifiedTime) > $(jq .LastModifiedTime <<<"$generated") ]] ||
    fail "LastModifiedTime did not move"
stamp=$(stored $first '[.TimeStamp, .LastModifiedTime]')
patch $first '{"JobTitle":"***","Weight":1.50}' quiet
same "quiet" "$(stored $first '[.TimeStamp, .LastModifiedTime]')" "$stamp"
control "users/$first" | grep -q '"Weight":1.50' ||
    fail "the literal 1.50 was lost"
patch $first '{"TimeStamp":null}' quiet
get_user $first
same "no TimeStamp" "$(body '.User | [.JobTitle, has("TimeStamp")] | @csv')" \
    '"***",false'
curl -sf -X PUT -d '{"Id":"1","TimeStamp":null}' "$control/users/$first" \
    >/dev/null
same "as put" "$(control "users/$first")" '{"Id":"1","TimeStamp":null}'
control "users" -X DELETE >/dev/null
same "as generated" "$(stored $first)" "$generated"

status_of() {
    curl -s -o /dev/null -w '%{http_code}' "$@"
}
same "unknown user" "$(status_of "$control/users/5")" 404
same "bad patch" "$(status_of -X PATCH -d '{' "$control/users/$first")" 400
same "patch no object" "$(status_of -X PATCH -d 5 "$control/users/$first")" 400
same "unknown call" "$(status_of "$control/nothing")" 404
same "not recorded" "$(record .call)" '"GetUser"'
