#!/bin/bash
# An update must contain both current TimeStamps, or error 209 is returned and
# nothing changes. Each write creates new ones and a later LastModifiedTime.
. "$(dirname "$0")/lib.inc"

sim_start
full_user
before=$(stored $first)

# Changes that make a version stale.
cat >"$dir/bad" <<'END'
.TimeStamp = "AAAAAAAAAAA="
del(.TimeStamp)
.TimeStamp = null
.ContactInfo.Address.TimeStamp = "AAAAAAAAAAA="
del(.ContactInfo.Address.TimeStamp)
.ContactInfo.Address.TimeStamp = .TimeStamp
.ContactInfo.Address = null
del(.ContactInfo)
END
jq -c "$(sed 's/.*/(&)/; $!s/$/,/' "$dir/bad")" <<<"$before" >"$dir/users"
update_all "$dir/users"
for ((n = 1; n <= $(wc -l <"$dir/bad"); n++)); do
    cat "$dir/response.$n"
done | jq -r '"\(.Type) \(.OperationErrors[].Code)"' | sort | uniq -c >"$dir/got"
same "errors" "$(tr -s ' ' <"$dir/got")" " $(wc -l <"$dir/bad") ApiFault 209"
same "unchanged" "$(stored $first)" "$before"
same "record" "$(record .name | sort -u)" '"TimestampNotMatch"'

last=$(jq -r .LastModifiedTime <<<"$before")
stamps=$(jq -r '.TimeStamp, .ContactInfo.Address.TimeStamp' <<<"$before")
for _ in 1 2; do
    update_user "$(stored $first)"
    same "update" "$status" 200
    time=$(body .LastModifiedTime)
    [[ $time > $last ]] || fail "$time is not later than $last"
    last=$time
    new=$(stored $first | jq -r '.TimeStamp, .ContactInfo.Address.TimeStamp')
    same "kept stamps" "$(sort <<<"$stamps"$'\n'"$new" | uniq -d)" ''
    stamps+=$'\n'$new
done
update_user "$before"
same "the first TimeStamp again" "$status" 400
same "applied" "$(counts .applied)" 2
same "by" "$(stored $first .LastModifiedByUserId)" '"1357924680"'
