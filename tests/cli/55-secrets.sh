#!/bin/bash
# Neither a value of a user nor a token shows up in results or messages,
# whatever goes wrong; --quiet leaves only errors.
. "${0%/*}/../lib.sh"
sim_start

echo Id,JobTitle,Email,Phone1,SecretAnswer,FirstName,City,CountryCode >in.csv
for n in {10..29}; do
    echo "$U$n,Geheimrat,geheim@geheim.example,+49 geheim,geheimnis,Geheime,\
Geheimstadt,XX"
done >>in.csv
echo "x,Geheim,Geheim,Geheim,Geheim,Geheim,Geheim,Geheim" >>in.csv
echo "${U}30,,,,,,Geheim geheim geheim geheim geheim geheim," >>in.csv
echo "${U}31,Geheimrat,,,,,," >>in.csv
faults "{\"kind\":\"error\",\"code\":201,\"call\":\"UpdateUser\",
    \"id\":\"${U}31\",\"message\":\"Geheimrat is bad, sim-access-token\"}" \
    "{\"kind\":\"html\",\"id\":\"${U}11\"}" \
    "{\"kind\":\"reset\",\"id\":\"${U}12\"}" \
    "{\"kind\":\"masked\",\"id\":\"${U}13\",\"call\":\"GetUser\"}"
"${PROGRAM[@]}" in.csv out.csv 2>err || status=$?
[ "$status" -eq 1 ] || [ "$status" -eq 7 ] || fail "exit status $status"
expect_none '[Gg]eheim|sim-(access|developer)-token' out.csv err
run 1 --check in.csv
expect_none '[Gg]eheim|sim-(access|developer)-token' out err
run 1 --export in.csv export.csv
expect_none 'sim-(access|developer)-token' export.csv err

# Quiet, it says nothing of rows, but still why a run ended.
run 1 --quiet --restart in.csv out.csv
expect_file err </dev/null
run 3 --quiet <(echo Id,Ctiy) out.csv
[ "$(wc -l <err)" -eq 1 ]
