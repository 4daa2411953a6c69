#!/bin/bash
# GetUser returns User and CustomerRoles. User has the bytes that the control
# address shows, and TrackingId is the recorded one.
. "$(dirname "$0")/lib.inc"

sim_start
get_user $first
same "status" "$status" 200
same "members" "$(body 'keys_unsorted | join(" ")')" "User CustomerRoles"
user=$(control "users/$first")
case $(cat "$dir/body") in
"{\"User\":$user,\"CustomerRoles\":["*) ;;
*) fail "not the same bytes" ;;
esac
tracking=$(tr -d '\r' <"$dir/head" | sed -n 's/^TrackingId: //p')
[[ $tracking =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]] ||
    fail "TrackingId '$tracking'"
same "recorded" "$(record '[.n, .call, .id, .status, .tracking, .applied]')" \
    "[1,\"GetUser\",\"$first\",200,\"$tracking\",false]"
same "not in the record" "$(record . | wc -l)" 1
