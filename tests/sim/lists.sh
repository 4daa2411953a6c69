#!/bin/bash
# The lists of customers and users contain each user of the simulator once. Those
# of Partner Center have pages, whose tokens can expire. What the services do not
# know is refused.
. "$(dirname "$0")/lib.inc"

sim_start --users 20 --customers 3 --tenants 2 --page-size 4

# Microsoft Advertising: the user who signs in has a role of each customer, who
# has the users of each status.
send POST "$path/Query" '{"UserId":null}'
same "customers" "$(body '[.CustomerRoles[].CustomerId] | join(" ")')" \
    "500000001 500000002 500000003"
users_info() { # CUSTOMER STATUS
    send POST "${path}sInfo/Query" "{\"CustomerId\":\"$1\",\"StatusFilter\":$2}"
}
for customer in 1 2 3; do
    for filter in Active Pending Inactive Deleted; do
        users_info 50000000$customer "\"$filter\""
        same "status of $customer, $filter" "$status" 200
        body '.UsersInfo // [] | .[] | "\(.Id) \(.UserName)"'
    done
done | sort >"$dir/listed"
control "users?first=$first&count=20" | jq -r '"\(.Id) \(.UserName)"' |
    sort >"$dir/stored"
cmp "$dir/listed" "$dir/stored" || fail "not the same users"
users_info 500000001 '"Deleted"'
same "no users" "$(body .UsersInfo)" null
users_info 500000004 '"Active"'
same "another customer" "$status $(body '.Errors[0].ErrorCode')" \
    '403 UserIsNotAuthorized'
users_info 500000001 '"active"'
same "another status" "$status" 400
users_info 500000001 null
same "no status" "$status" 400
same "counted" "$(counts .List)" 16

# Partner Center: pages with a byte-order mark.
headers=(-H 'Accept: application/json'
    -H 'Authorization: Bearer sim-access-token')
list() { # PATH [CURL OPTIONS]
    local id
    id=$(</proc/sys/kernel/random/uuid)
    status=$(curl -s -m 5 -o "$dir/raw" -w '%{http_code}' "${headers[@]}" \
        -H "MS-RequestId: $id" -H "MS-CorrelationId: $id" "${@:2}" \
        "$service/v1/customers$1")
    same "byte-order mark" "$(head -c 3 "$dir/raw" | od -An -tx1)" " ef bb bf"
    tail -c +4 "$dir/raw" >"$dir/body"
    token=$(body '.links.next.headers[0].value // ""' )
}
list ''
same "tenants" "$(body '.items | length') $token" "2 "
tenant=$(body '.items[1].id' )
list "?size=1"
same "first tenant" "$(body '.items | length')" 1
list "?seekOperation=Next" -H "MS-ContinuationToken: $token"
same "second tenant" "$(body '.items[0].id')" "$tenant"

all_pages() { # PARAMETERS
    list "/$tenant/users$1"
    body '.items[].id'
    while [ -n "$token" ]; do
        list "/$tenant/users?seekOperation=Next" -H "MS-ContinuationToken: $token"
        same "status of a page" "$status" 200
        [ "$(body '.items | length')" -le 4 ] || fail "a large page"
        body '.items[].id'
    done
}
deleted='?size=500&filter=%7B%22Field%22%3A%22UserState%22%2C%22Value%22%3A%22'
deleted+='Inactive%22%2C%22Operator%22%3A%22equals%22%7D'
for parameters in '?size=500' "$deleted"; do
    all_pages "$parameters" | sort >"$dir/listed"
    [ "$parameters" = "$deleted" ] && wanted='==' || wanted='!='
    control "users?first=4b10bf41-ab11-40e3-8c53-000000000001&count=20" |
        jq -r "select(.links.self.uri | contains(\"$tenant\")) |
            select(.state $wanted \"inactive\") | .id" | sort >"$dir/stored"
    cmp "$dir/listed" "$dir/stored" || fail "not the same users: $parameters"
    [ -s "$dir/listed" ] || fail "no users: $parameters"
done

# Tokens expire, and are those of one list.
list "/$tenant/users"
[ -n "$token" ] || fail "one page"
list "?seekOperation=Next" -H "MS-ContinuationToken: $token"
same "token of another list" "$status $(error .code)" "400 3000"
list "/$tenant/users"
kept=$token
control settings -d '{"page_epoch":1}' >"$dir/settings"
list "/$tenant/users?seekOperation=Next" -H "MS-ContinuationToken: $kept"
same "old token" "$status" 400
list "/$tenant/users?seekOperation=Next"
same "no token" "$status" 400
list "/$tenant/users?filter=x"
same "another filter" "$status" 400
list "/11111111-2222-3333-4444-555555555555/users"
same "another tenant" "$status" 403
