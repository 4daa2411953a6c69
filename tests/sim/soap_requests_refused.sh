#!/bin/bash
# A SOAP request that breaks a rule of HTTP, of the envelope or of the header is
# refused and has no effect.
. "$(dirname "$0")/lib.inc"
. "$(dirname "$0")/soap.inc"

sim_start
bad='500 DeserializationFailed'
no_action='500 ActionNotSupported'

# refused WHAT EXPECTED: the last call; EXPECTED as fault_of prints it.
refused() {
    same "$version: $1" "$(fault_of)" "$2"
}
# bare WHAT STATUS: the last call was refused by the web server, without a body.
bare() {
    same "$version: $1" "$status $(wc -c <"$dir/body")" "$2 0"
}

# get: sends $valid, a GetUser, changed by the sed program $change, which sees
# the whole document as one line.
get() {
    send_envelope $version GetUser "$(sed -z "$change" <<<"$valid")"
}
# changed WHAT PROGRAM EXPECTED
changed() {
    local change=$2
    get
    refused "$1" "$3"
}

# HTTP and the envelope.
version=v13
valid=$(envelope $version GetUser "<c:UserId>$first</c:UserId>")
path=Api/CustomerManagement/$version/CustomerManagementService.svc
change=''

# HTTP.
content_type='application/soap+xml; charset=utf-8' get
bare "Content-Type" 415
content_type='text/xml' get
bare "no charset" 415
content_type='text/xml; charset=utf-16' get
bare "charset" 415
send_envelope $version GetUser ''
bare "no body" 400
send_envelope $version GetUser '{"UserId":"1"}'
bare "JSON" 400
send_envelope $version GetUser "$valid<x/>"
bare "junk" 400
change='s/^/<!DOCTYPE s>/'
get
bare "DOCTYPE" 400
change="s/^/<!DOCTYPE s [<!ENTITY e '1'>]>/; s/$first/\&e;/"
get
bare "entity" 400
change="s/$first/\xff/"
get
bare "invalid UTF-8" 400
change='s/^/<?xml version="1.0" encoding="iso-8859-1"?>/'
get
bare "encoding" 400
change='s/^/<?x y?>/'
get
bare "processing instruction" 400
change="s/<c:UserId>/<n:UserId>/; s/c:UserId>/n:UserId>/"
get
bare "undeclared prefix" 400
change='s/<c:UserId>/<c:UserId i:type="n:long">/'
get
bare "undeclared prefix of a type" 400
change="s/$first/$(printf '<x>%.0s' {1..140})$(printf '<\/x>%.0s' {1..140})/"
get
bare "too deep" 400
head -c 1100000 /dev/zero | tr '\0' ' ' >"$dir/long"
send_envelope $version GetUser '' --data-binary "@$dir/long"
bare "too long" 413
send GET $path ''
same "$version: method" "$status" 405
send POST ${path%.svc} "$valid"
same "$version: path" "$status" 404

# The envelope.
changed "Envelope's namespace" 's|soap/envelope|soap/Envelope|' "$bad"
changed "SOAP 1.2" \
    's|http://schemas.xmlsoap.org/soap/envelope/|http://www.w3.org/2003/05/soap-envelope|' \
    "$bad"
changed "no Header" 's/<s:Header>.*<.s:Header>//' '500 AdApiFaultDetail 116'
changed "Header after Body" \
    's/\(<s:Header>.*<.s:Header>\)\(.*\)<.s:Env/\2\1<\/s:Env/' "$bad"
changed "an element after Body" 's/<.s:Envelope>/<s:X\/>&/' "$bad"
changed "text in Envelope" 's/<s:Body>/x&/' "$bad"
changed "attribute of Body" 's/<s:Body>/<s:Body x="1">/' "$bad"
changed "empty Body" 's/<s:Body>.*<.s:Body>/<s:Body\/>/' "$bad"
changed "two requests" 's/<.s:Body>/<c:GetUserRequest\/>&/' "$bad"
changed "request's namespace" 's/c:GetUserRequest/e:GetUserRequest/g' "$bad"
changed "header's namespace" 's/c:DeveloperToken/e:DeveloperToken/g' "$bad"
changed "UserId's namespace" 's/c:UserId/e:UserId/g' "$bad"
changed "another version" "s|Customer/$version\"|Customer/v10\"|" "$bad"
changed "text in Body" 's/<s:Body>/&x/' "$bad"
changed "text in the request" 's/<c:UserId>/x&/' "$bad"
changed "unknown element" 's/<.c:UserId>/&<c:X\/>/' "$bad"
changed "nil UserId with content" 's/<c:UserId>/<c:UserId i:nil="true">/' "$bad"
changed "empty UserId" 's/<c:UserId>.*<.c:UserId>/<c:UserId\/>/' \
    '500 ApiFault 201'
changed "another's Id" "s/$first/1/" '500 ApiFault 210'


# The header and the version.
for version in v13 v12 v11; do
    valid=$(envelope $version GetUser "<c:UserId>$first</c:UserId>")
    path=Api/CustomerManagement/$version/CustomerManagementService.svc
    change=''
    changed "another Action" 's/GetUser<.c:Action/UpdateUser<\/c:Action/' \
        "$no_action"
    changed "another request" 's/c:GetUserRequest/c:UpdateUserRequest/g' \
        "$no_action"
    changed "unknown request" 's/c:GetUserRequest/c:FindUserRequest/g' \
        "$no_action"
    soap_action=' UpdateUser' get
    refused "another SOAPAction" "$no_action"
    soap_action=' ' get
    refused "no SOAPAction" "$no_action"
    changed "no mustUnderstand" 's/ mustUnderstand="1"//' "$bad"
    changed "mustUnderstand 0" 's/mustUnderstand="1"/mustUnderstand="0"/' "$bad"
    changed "order" 's/\(<c:Auth.*n>\)\n\(<c:Dev[^\n]*\)/\2\1/' "$bad"
    changed "Action last" 's/\(<c:Action[^\n]*\)\(.*\)\n<.s:H/\2\1<\/s:H/' "$bad"
    changed "unknown header" 's/<.s:Header>/<c:X\/>&/' "$bad"
    changed "duplicate header" 's/<c:Dev[^\n]*/&&/' "$bad"
    changed "elements in a header" 's/sim-access/<c:x\/>/' "$bad"
    changed "text in Header" 's/<s:Header>/&x/' "$bad"
    changed "no token" 's/<c:Auth[^\n]*//' '500 AdApiFaultDetail 116'
    changed "nil token" 's/<c:Auth[^\n]*/<c:AuthenticationToken i:nil="1"\/>/' \
        '500 AdApiFaultDetail 116'
    changed "no developer token" 's/<c:Dev[^\n]*//' '500 AdApiFaultDetail 116'
    changed "token" 's/sim-access/wrong/' '500 AdApiFaultDetail 105'
    changed "developer token" 's/sim-dev/wrong/' '500 AdApiFaultDetail 105'
    element Body/Fault/detail/AdApiFaultDetail/Errors/AdApiError/ErrorCode \
        >"$dir/name"
    same "$version: ErrorCode" "$(cat "$dir/name")" InvalidCredentials

    change=''
    get
    same "$version: a valid one" "$status" 200
    soap_action=' "GetUser"' content_type='text/xml; charset="UTF-8"' get
    same "$version: quotes" "$status" 200
    change='s/<s:Header>/<!-- x -->&/; s/UserId>/&<!-- y -->/'
    get
    same "$version: comments" "$status" 200
done
same "codes that were recorded" "$(record .code | sort -u | xargs)" \
    "105 116 201 210 null"
same "applied" "$(counts .applied)" 0
same "touched" "$(counts .users_touched)" 0
