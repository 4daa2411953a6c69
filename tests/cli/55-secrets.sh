#!/bin/bash
# No result or message contains a value of a user or a token, whatever fails.
# With --quiet, only errors are printed.
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

# --quiet prints nothing about single rows.
run 1 --quiet --restart in.csv out.csv
expect_none '[Gg]eheim|sim-(access|developer)-token' err
run 3 --quiet <(echo Id,Ctiy) out.csv
[ "$(wc -l <err)" -eq 1 ]

# A legacy sign-in is not printed either, even if a message of the service
# contains it.
printf "Id,JobTitle\n${U}01,x\n${U}02,y\n" >in.csv
export BAUSER_APPLICATION_TOKEN=Streng BAUSER_USERNAME='Jörg Strenge' \
    BAUSER_PASSWORD='sehr <strenge> Geheimrätin'
faults "{\"kind\":\"error\",\"code\":201,\"id\":\"${U}01\",\"message\":
    \"Streng, Jörg Strenge, sehr <strenge> Geheimrätin: no\"}" \
    "{\"kind\":\"status\",\"id\":\"${U}02\"}"
run 1 --api soap-v11 --log-file log --log-level debug in.csv out.csv
expect_columns out.csv Status ErrorMessage <<'END'
Failed|***, ***, ***: no
Updated|
END
expect_none '[Ss]treng|Geheimr' out.csv err log
[ -s log ]
(
    unset BAUSER_USERNAME
    run 2 --api soap-v11 in.csv out.csv
    expect_none '[Ss]treng|Geheimr' err
)
