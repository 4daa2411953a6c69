#!/bin/bash
# UpdateUser replaces the whole user: a member that is not sent is removed. Only
# ForwardCompatibilityMap stays if it is not sent, and BusinessName never
# changes.
. "$(dirname "$0")/lib.inc"

sim_start
full_user
update_user "$(stored $first \
    'del(.JobTitle, .Extra, .Name.MiddleInitial, .ContactInfo.Phone1,
         .ForwardCompatibilityMap) | .SecretAnswer = null |
     .ContactInfo.Address.BusinessName = "other" | .Lcid = "GermanGermany"')"
same "status" "$status" 200
same "removed" "$(stored $first '[has("JobTitle", "Extra"),
    (.Name | has("MiddleInitial")), (.ContactInfo | has("Phone1"))]')" \
    '[false,false,false,false]'
same "null" "$(stored $first '[has("SecretAnswer"), .SecretAnswer]')" \
    '[true,null]'
same "set" "$(stored $first .Lcid)" '"GermanGermany"'
same "map" "$(stored $first .ForwardCompatibilityMap)" \
    '[{"key":"k","value":"v"}]'
same "BusinessName" "$(stored $first .ContactInfo.Address.BusinessName)" '"B"'
same "the time in the response" "$(body .LastModifiedTime)" \
    "$(stored $first .LastModifiedTime | tr -d '"')"

update_user "$(stored $first 'del(.Name) | .ForwardCompatibilityMap = null')"
same "status without Name" "$status" 200
same "no Name, no map" "$(stored $first '[.Name, .ForwardCompatibilityMap]')" \
    '[null,null]'
