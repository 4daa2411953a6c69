#!/bin/bash
# Each generated user is accepted if it is sent back as received. Only its
# TimeStamps and LastModified members change.
. "$(dirname "$0")/lib.inc"

sim_start
count=150
control "users?first=$first&count=$count" >"$dir/before"
update_all "$dir/before"
same "applied" "$(counts .applied)" $count
same "refused" "$(counts .refused)" 0
control "users?first=$first&count=$count" >"$dir/after"
plain='del(.TimeStamp, .LastModifiedTime, .LastModifiedByUserId,
    .ContactInfo?.Address?.TimeStamp?)'
same "content" "$(jq -c "$plain" "$dir/after" | cksum)" \
    "$(jq -c "$plain" "$dir/before" | cksum)"
same "as sent" "$(applied .user | jq -cS . | cksum)" \
    "$(jq -cS . "$dir/before" | cksum)"
