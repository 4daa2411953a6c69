#!/bin/bash
# v11 allows ApplicationToken, Password and UserName, in this order, and
# requires them if the settings have values. v12 and v13 refuse them.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start --application-token app --username me --password 'p&w'
app='<c:ApplicationToken>app</c:ApplicationToken>'
password='<c:Password>p\&amp;w</c:Password>'
user='<c:UserName>me</c:UserName>'

# with BEFORE AFTER: a GetUser with these headers around the tokens.
with() {
    header="s|<c:Authe|$1&|; s|</c:Dev.*|&$2|" soap_get "$version" $first
}
# is EXPECTED BEFORE AFTER
is() {
    with "$2" "$3"
    same "$version $2 $3" "$(fault_of)" "$1"
}

version=v11
is 200 "$app" "$password$user"
is '500 AdApiFaultDetail 116' "$app" "$password"
is '500 AdApiFaultDetail 116' "$app" "$user"
is '500 AdApiFaultDetail 116' '' "$password$user"
is '500 AdApiFaultDetail 116' "$app" "$password<c:UserName i:nil='true'/>"
is '500 AdApiFaultDetail 105' "$app" "$password<c:UserName/>"
is '500 AdApiFaultDetail 105' "$app" "$password${user/>me/>you}"
is '500 AdApiFaultDetail 105' "$app" "${password/p/q}$user"
is '500 AdApiFaultDetail 105' "${app/app</App<}" "$password$user"
is '500 DeserializationFailed' "$app" "$user$password"
is '500 DeserializationFailed' '' "$app$password$user"
is '500 DeserializationFailed' "$app" "$password$user$user"

curl -sf -d '{"application_token":"","username":"","password":""}' \
    "$control/settings" >/dev/null || fail "POST /settings"
is 200 '' ''
is 200 "${app/app</other<}" "${password/p/q}${user/>me/>you}"
for version in v12 v13; do
    is 200 '' ''
    is '500 AdApiFaultDetail 204' '' "$password"
    is '500 AdApiFaultDetail 204' '' "$user"
    is '500 DeserializationFailed' "$app" ''
done
