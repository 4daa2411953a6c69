#!/bin/bash
# A sign-in gets a code only with PKCE, a state, a registered redirect URI and a
# known scope. The code is exchanged once, in time, with the same redirect URI and
# the right verifier. A device code is pending until somebody decides.
. "$(dirname "$0")/lib.inc"

sim_start
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk # RFC 7636, appendix B
page=$service/common/oauth2/v2.0/authorize
tokens=$service/common/oauth2/v2.0/token
scope='https://ads.microsoft.com/msads.manage offline_access'
uri=http://localhost:1234

# fields NAME=VALUE...: the fields of a valid request in the array form, with
# these values; NAME= leaves one out.
fields() {
    local name value
    local -A all=([client_id]=sim-client [response_type]=code
        [redirect_uri]=$uri [scope]=$scope [state]=0123456789abcdef
        [code_challenge]=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
        [code_challenge_method]=S256)
    for value; do
        all[${value%%=*}]=${value#*=}
    done
    form=()
    for name in "${!all[@]}"; do
        # shellcheck disable=SC2190 # form is an indexed array
        [ -z "${all[$name]}" ] ||
            form=("${form[@]}" --data-urlencode "$name=${all[$name]}")
    done
}

# ask DECISION NAME=VALUE...: asks for a code; $found is the status, and where
# the browser is sent.
ask() {
    fields "${@:2}"
    found=$(curl -s -G -o "$dir/body" -w '%{http_code} %{url_effective}' \
        "${form[@]}" "$page")
    case $found in
    200*) ;;
    *) return ;;
    esac
    found=$(curl -s -o "$dir/body" -w '%{http_code} %{redirect_url}' \
        -d "decision=$1" "${found#* }")
}

# page_refused CODE NAME=VALUE: the browser shows the error.
page_refused() {
    ask accept "$2"
    same "$2" "${found%% *} $(grep -o "AADSTS$1:" "$dir/body")" "400 AADSTS$1:"
}
page_refused 700016 client_id=you
page_refused 50011 redirect_uri=
page_refused 50011 redirect_uri=http://localhost.example
page_refused 50011 redirect_uri=http://localhost:1234/path
page_refused 50011 redirect_uri=https://localhost

# redirected ERROR NAME=VALUE: the redirect has the error.
redirected() {
    fields "$2"
    found=$(curl -s -G -o "$dir/body" -w '%{redirect_url}' "${form[@]}" "$page")
    found=${found#*error=}
    same "$2" "$(printf '%b' "${found%%&*}" | sed 's/%/\\x/g' |
        xargs -0 printf '%b')" "$1"
}
redirected unsupported_response_type response_type=token
redirected invalid_request code_challenge=
redirected invalid_request code_challenge=short
redirected invalid_request code_challenge_method=plain
redirected invalid_request state=
redirected invalid_request response_mode=fragment
redirected invalid_scope scope=offline_access

# exchange NAME=VALUE...: exchanges the code of the last redirect.
exchange() {
    local value
    local -A all=([client_id]=sim-client [grant_type]=authorization_code
        [code]=$code [redirect_uri]=$uri [code_verifier]=$verifier)
    for value; do
        all[${value%%=*}]=${value#*=}
    done
    form=()
    for value in "${!all[@]}"; do
        # shellcheck disable=SC2190 # form is an indexed array
        form=("${form[@]}" --data-urlencode "$value=${all[$value]}")
    done
    answer=$(curl -s "${form[@]}" "$tokens")
}

# get_code DECISION: asks for a code.
get_code() {
    ask "$1"
    code=${found#*code=} code=${code%%&*}
    code=$(printf '%b' "${code//%/\\x}")
}
answered() {
    same "$1" "$(jq -r '"\(.error) \(.error_codes[0])"' <<<"$answer")" "$2"
}
get_code accept
exchange code_verifier="${verifier}x"
answered 'another verifier' 'invalid_grant 501481'
exchange redirect_uri=http://localhost:1235
answered 'another redirect' 'invalid_grant 500112'
exchange code=none
answered 'another code' 'invalid_grant 70000'
exchange code_verifier=
answered 'no verifier' 'invalid_request 900144'
exchange
same 'a code' "$(jq -r .scope <<<"$answer")" "${scope% *}"
same 'tokens' "$(jq -r '.refresh_token | length > 100' <<<"$answer")" true
exchange
answered 'used twice' 'invalid_grant 54005'
get_code expired
exchange
answered 'expired' 'invalid_grant 70008'
get_code norefresh
exchange
same 'offline' "$(jq -r .refresh_token <<<"$answer")" null
get_code narrow
exchange
same 'narrow' "$(jq -r .scope <<<"$answer")" https://ads.microsoft.com/ads.manage
ask deny
case $found in
*'error=%61%63'*) ;;
*) fail "denied: $found" ;;
esac

# A device code.
curl -s -o "$dir/set" -d '{"device_interval_ms":0}' "$control/settings"
get_device() {
    curl -s -d client_id=sim-client --data-urlencode "scope=$scope" \
        "$service/common/oauth2/v2.0/devicecode" >"$dir/device"
    device=$(jq -r .device_code "$dir/device")
    user=$(jq -r .user_code "$dir/device")
}
poll() {
    answer=$(curl -s -d client_id=sim-client --data-urlencode \
        grant_type=urn:ietf:params:oauth:grant-type:device_code \
        --data-urlencode "device_code=$device" "$tokens")
}
get_device
poll
answered 'nobody has decided' 'authorization_pending 70016'
same 'address' "$(jq -r .verification_uri "$dir/device")" "$service/devicelogin"
curl -s -o "$dir/body" -d "user_code=$user&decision=accept" "$service/devicelogin"
poll
same 'device' "$(jq -r .scope <<<"$answer")" "${scope% *}"
poll
answered 'used twice' 'expired_token 70019'
get_device
curl -s -o "$dir/body" -d "user_code=$user&decision=deny" "$service/devicelogin"
poll
answered 'declined' 'authorization_declined 70020'
device=none
poll
answered 'another code' 'bad_verification_code 70018'
curl -s -o "$dir/set" -d '{"device_interval_ms":60000}' "$control/settings"
get_device
poll
answered 'too early' 'slow_down 70017'
