#!/bin/bash
# The record contains every call in order with its outcome, and every applied
# update as sent. DELETE clears it, and --record-bodies adds the bodies.
. "$(dirname "$0")/lib.inc"

sim_start --record-bodies
get_user $first
sent=$(stored $first '.JobTitle = "Zwölf"')
update_user "$sent"
update_user "$sent"
get_user 17
send DELETE $path x
record '[.n, .service, .call, .id, .status, .code, .name, .applied, .fault]' \
    >"$dir/lines"
diff "$dir/lines" - <<END || fail "another record"
[1,"rest","GetUser","$first",200,null,null,false,null]
[2,"rest","UpdateUser","$first",200,null,null,true,null]
[3,"rest","UpdateUser","$first",400,209,"TimestampNotMatch",false,null]
[4,"rest","GetUser","17",400,210,"EntityNotExistent",false,null]
[5,"rest","other",null,405,null,null,false,null]
END
same "bodies" "$(record '.body, .body_bytes' | head -2 | tr -d '\n')" \
    "\"{\\\"UserId\\\":\\\"$first\\\"}\"32"
same "applied" "$(applied)" "{\"n\":2,\"id\":\"$first\",\"user\":$sent}"
same "counts" "$(counts '[.calls, .GetUser, .UpdateUser, .other, .applied,
    .refused, .connections_opened] | @csv')" 5,2,2,1,1,2,5
second=$((first + 1))
for job in a b; do update_user "$(stored $second ".JobTitle = \"$job\"")"; done
same "per user" "$(control "applied?summary=1" | tr -d '\n')" \
    "{\"id\":\"$first\",\"applied\":1}{\"id\":\"$second\",\"applied\":2}"
same "most" "$(counts .most_applied)" 2
control record -X DELETE >/dev/null
same "none" "$(control "applied?summary=1")$(counts .most_applied)" 0
same "emptied" "$(record)$(applied)$(counts .calls)" 0
get_user $first
same "numbering continues" "$(record .n)" 8

sim_stop
sim_start --no-record
update_user "$(stored $first)"
same "no record" "$status$(record)$(applied)$(counts .applied)" 2001
