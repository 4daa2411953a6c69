#!/bin/bash
# Each kind of fault changes a GetUser as README.md says.
. "$(dirname "$0")/lib.inc"

sim_start
full_user
user=$(control "users/$first")

# try KIND [MEMBERS]: one GetUser with that fault.
try() {
    fault "{\"kind\":\"$1\",\"call\":\"GetUser\"${2:+,$2}}"
    get_user $first
}
try status
same "status" "$status:$(cat "$dir/body")" "503:"
try status '"status":429,"retry_after":"7","body":"slow","content_type":"a/b"'
same "429" "$status:$(cat "$dir/body"):$(tr -d '\r' <"$dir/head" |
    grep -cx -e 'Retry-After: 7' -e 'Content-Type: a/b')" 429:slow:2
try error '"code":117'
same "117" "$status $(body '.Errors[0].ErrorCode')" "429 CallRateExceeded"
try error '"code":1001'
same "1001" "$status $(body '.OperationErrors[0] | keys | join(" ")')" \
    "403 Code Details Message"
try error '"name":"TimestampNotMatch","shape":"AdApiFaultDetail"'
same "by name" "$status $(body '.Errors[0] | "\(.Code) \(.ErrorCode)"')" \
    "400 209 TimestampNotMatch"
try error '"code":0,"status":200,"message":"Hm"'
same "code 0" "$status $(body .Errors[0].Message)" "200 Hm"
try reset
same "reset" "$curl" 56
try close
same "close" "$curl" 52
try stall '"ms":50'
same "stall" "$curl" 52
try redirect '"location":"http://127.0.0.1:1/x","status":302'
same "redirect" "$status $(grep -c '^Location: http://127.0.0.1:1/x' \
    "$dir/head")" "302 1"
try html
same "html" "$status $(grep -c 'Content-Type: text/html' "$dir/head")" "200 1"
try empty
same "empty" "$status$(wc -c <"$dir/body")" 2000
try cut '"bytes":7'
same "cut" "$curl $(cat "$dir/body")" '18 {"User"'
try slow '"bytes":400,"ms":1'
same "slow" "$curl $(body .User.Id)" "0 $first"
try junk
jq -e . "$dir/body" >/dev/null 2>&1 && fail "junk is JSON"
try garble
jq -e . "$dir/body" >/dev/null 2>&1 && fail "garble is JSON"
try content-type
same "content-type" "$(grep -c '^Content-Type: application/octet' "$dir/head")" 1
try bad-utf8
grep -qaP '^[^\x00-\x7F]*"User":\{"Broken":"a\xC3\(' "$dir/body" ||
    LC_ALL=C grep -qa $'\xC3(b\xFF' "$dir/body" || fail "bad-utf8"
try nul
grep -q '"Nul":"a\\u0000b"' "$dir/body" || fail "nul"
try deep '"depth":50'
same "deep" "$(body '[.User.Deep | recurse(.[]?)] | length')" 50
try huge '"bytes":300000'
same "huge" "$(body '.User.Huge | length')" 300000
try wrong-user
same "wrong-user" "$(body .User.Id)" $((first + 1))
try no-timestamp
same "no-timestamp" "$(body '[.User, .User.ContactInfo.Address |
    has("TimeStamp")] | join(" ")')" "false false"
try masked
same "masked" "$(body '.User | [.JobTitle, .Name.FirstName, .Id] |
    join(" ")')" "***** ***** $first"
try masked '"name":"Phone1"'
same "masked one" "$(body '.User | [.ContactInfo.Phone1, .JobTitle] |
    join(" ")')" "***** Chef"
try duplicate
same "duplicate" "$(grep -o '"JobTitle":' "$dir/body" | wc -l)" 2
try duplicate '"name":"TimeStamp"'
same "duplicate by name" "$(grep -o '"TimeStamp":' "$dir/body" | wc -l)" 3
try bare-ids
grep -q "\"Id\":$first," "$dir/body" || fail "bare-ids"
try no-tracking
same "no-tracking" "$(grep -c TrackingId "$dir/head")" 0
try cut-reset '"bytes":7'
same "cut-reset" "$curl $(cat "$dir/body")" '56 {"User"'
try short '"bytes":7'
same "short" "$curl $(cat "$dir/body")" '0 {"User"'
try no-http
same "no-http" "$curl" 1
try chunked
same "chunked" "$(body .User.Id) $(grep -c -e chunked -e Content-Length \
    "$dir/head")" "$first 1"
try member '"name":"User.ContactInfo.Address.City","value":{"a":[1]}'
same "member" "$(body '.User.ContactInfo.Address.City | tostring')" '{"a":[1]}'
try member '"name":"User"'
same "member removed" "$(body 'keys | join(" ")')" CustomerRoles
try status '"status":429,"retry_after":"date+100"'
wait=$(($(date -d "$(tr -d '\r' <"$dir/head" |
    sed -n 's/^Retry-After: //p')" +%s) - $(date +%s)))
[[ $wait -ge 95 && $wait -le 101 ]] || fail "date+100: in $wait s"
try announced-close
same "announced-close" "$(grep -c '^Connection: close' "$dir/head")" 1
same "faults in the record" "$(record .fault | sort -u | wc -l)" 29
same "the user is as before" "$(control "users/$first")" "$user"
