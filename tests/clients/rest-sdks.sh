#!/bin/bash
# What the official SDKs for Python and .NET send over REST is accepted without
# a doubt, and stores only the change: 300 users each, the awkward ones too for
# Python.
. "${0%/*}/../sim/lib.inc"

strict=
count=300
here=${0%/*}

# updated: each user was updated once, and nothing else was changed.
updated() {
    same "updates" "$(counts '[.GetUser, .UpdateUser, .applied, .refused,
        .doubtful, .most_applied] | @csv')" "$count,$count,$count,0,0,1"
    control "users?first=$first&count=$count" >"$dir/after"
    same "titles" "$(jq -r .JobTitle "$dir/after" | grep -n . |
        awk -F: '$2 != "Titel " $1 - 1')" ''
    for file in before after; do
        jq -S "$1" "$dir/$file" >"$dir/$file.json"
    done
    diff "$dir/before.json" "$dir/after.json" >"$dir/diff" ||
        fail "other changes: $(head -5 "$dir/diff")"
    same "warnings" "$(cat "$dir/errors")" ''
}

sim_start
control "users?first=$first&count=$count" >"$dir/before"
same "Python" "$("${PYTHON:-python3}" "$here/rest.py" python "$service" $first \
    $count)" $count
# An SDK loses members that it does not know, and nulls are like absent ones.
# Titles and stamps change with each update.
# shellcheck disable=SC2016 # variables of jq
updated 'def known($names): if type == "object" then with_entries(select(
        .key as $key | $names | index($key))) else . end;
    known(["ContactInfo", "CustomerId", "Id", "Lcid", "Name", "SecretAnswer",
        "SecretQuestion", "UserLifeCycleStatus", "UserName"]) |
    if .ContactInfo then .ContactInfo |= (known(["Address", "ContactByPhone",
        "ContactByPostalMail", "Email", "EmailFormat", "Fax", "HomePhone", "Id",
        "Mobile", "Phone1", "Phone2"]) | if .Address then .Address |= known([
        "City", "CountryCode", "Id", "Line1", "Line2", "Line3", "Line4",
        "PostalCode", "StateOrProvince", "BusinessName"]) else . end) else . end |
    if .Name then .Name |= known(["FirstName", "LastName", "MiddleInitial"])
        else . end |
    del(.. | nulls)'
sim_stop

sim_start --plain-users
control "users?first=$first&count=$count" >"$dir/before"
same ".NET" "$("${PYTHON:-python3}" "$here/rest.py" dotnet "$service" $first \
    $count)" $count
updated 'del(.JobTitle, .TimeStamp, .ContactInfo.Address.TimeStamp?,
    .LastModifiedTime, .LastModifiedByUserId)'

# Clients with Expect wait for 100 Continue. curl would wait too long here.
send POST $path/Query "{\"UserId\":\"$first\"}" -H 'Expect: 100-continue' \
    --expect100-timeout 60
same "Expect" "$curl $status" "0 200"
sim_stop

# The forms of the token endpoint: Python sends its own arguments too.
strict=--strict
sim_start
scope='https://ads.microsoft.com/msads.manage offline_access'
token environment=production oauth_scope=msads.manage tenant=common \
    scope="$scope"
same "token, Python" "$status" 200
token refresh_token="$(body .refresh_token)" scope="$scope" \
    redirect_uri=https://login.microsoftonline.com/common/oauth2/nativeclient
same "token, .NET" "$status" 200
