#!/bin/bash
# UpdateUser replaces the whole user: what is not sent is gone. Only
# ForwardCompatibilityMap may be left out, and BusinessName never changes.
. "$(dirname "$0")/lib.inc"

sim_start
full_user
update_user "$(held $first \
    'del(.JobTitle, .Extra, .Name.MiddleInitial, .ContactInfo.Phone1,
         .ForwardCompatibilityMap) | .SecretAnswer = null |
     .ContactInfo.Address.BusinessName = "other" | .Lcid = "GermanGermany"')"
same "status" "$status" 200
same "gone" "$(held $first '[has("JobTitle", "Extra"),
    (.Name | has("MiddleInitial")), (.ContactInfo | has("Phone1"))]')" \
    '[false,false,false,false]'
same "null" "$(held $first '[has("SecretAnswer"), .SecretAnswer]')" \
    '[true,null]'
same "set" "$(held $first .Lcid)" '"GermanGermany"'
same "map" "$(held $first .ForwardCompatibilityMap)" \
    '[{"key":"k","value":"v"}]'
same "BusinessName" "$(held $first .ContactInfo.Address.BusinessName)" '"B"'
same "the answer's time" "$(body .LastModifiedTime)" \
    "$(held $first .LastModifiedTime | tr -d '"')"

update_user "$(held $first 'del(.Name) | .ForwardCompatibilityMap = null')"
same "status without Name" "$status" 200
same "no Name, no map" "$(held $first '[.Name, .ForwardCompatibilityMap]')" \
    '[null,null]'
