#!/bin/bash
# A password cannot be compared, so it is always sent. No result, --diff,
# --export, log, journal or message contains it, whatever the service returns
# and wherever the run ends.
. "${0%/*}/../lib.sh"
sim_start --record-bodies

P=4b10bf41-ab11-40e3-8c53-0000000000 # and the number of a user
T=eebd1b55-5360-4438-a11d-5c06918c3014
secret='Zaphod, "Beeble\brox" 42'
never=Beeble
api=(--api partner-center --customer-id "$T")
log=(--log-file log --log-level debug)
quoted=${secret//\"/\"\"}

# password_of NN: prints the password of the user, and how often one was set.
password_of() {
    control "users/$P$1?secret=1" |
        jq -r '"\(.passwordProfile.password) \(.times_set)"'
}

{
    echo Id,displayName,Password,ForceChangePassword
    echo "${P}01,Ann,\"$quoted\",true"
    echo "${P}02,,\"$quoted\","
    echo "${P}03,Cay,\"$quoted\",0"
    echo "${P}04,Dee,\"$quoted\","
    echo "${P}05,,Beeble,"
    echo "${P}06,,$(printf 'Beeble-%.0s' {1..37}),"
    echo "${P}07,,delete_value,"
    echo "${P}08,,,true"
    echo "${P}09,,\"$quoted\","
    echo "${P}09,,\"$quoted twice\","
} >in.csv
faults "{\"call\":\"UpdateUser\",\"id\":\"${P}02\",\"kind\":\"error\",
        \"code\":400,\"message\":$(jq -n --arg s "no $secret" '$s')}" \
    "{\"call\":\"UpdateUser\",\"id\":\"${P}03\",\"kind\":\"reset\",
        \"when\":\"after\"}" \
    "{\"call\":\"UpdateUser\",\"id\":\"${P}04\",\"kind\":\"html\"}"
run 1 "${api[@]}" "${log[@]}" in.csv out.csv
expect_columns out.csv Row Status ErrorName Field Changed <<'END'
1|Updated|||displayName;Password;ForceChangePassword
2|Failed|||
3|Updated|||displayName;Password;ForceChangePassword
4|Updated|||displayName;Password
5|Failed|ValueTooShort|Password|
6|Failed|ValueTooLong|Password|
7|Failed|NotClearable|Password|
8|Updated|||ForceChangePassword
9|Updated|||Password
10|Updated|||Password
END
columns out.csv Row ErrorMessage | grep -qxF '2|no ***'
columns out.csv Row Note | grep -qxF '9|Password is taken from row 10'
[ "$(password_of 01)" = "$secret 1" ]
[ "$(password_of 03)" = "$secret 1" ]
[ "$(password_of 04)" = "$secret 1" ]
[ "$(password_of 09)" = "$secret twice 1" ]
[ "$(control "users/${P}01?secret=1" |
    jq .passwordProfile.forceChangePassword)" = true ]
expect_none "$never" out.csv out err log

# The same row again sends only the passwordProfile, which cannot be compared.
sed -n '1,2p' in.csv >one.csv
run 0 "${api[@]}" "${log[@]}" one.csv out.csv
expect_columns out.csv Status Changed <<'END'
Updated|Password;ForceChangePassword
END
[ "$(password_of 01)" = "$secret 2" ]

# A success without a body is enough: the password can't be read back, and is
# not sent twice.
for status in 204 200; do
    faults "{\"call\":\"UpdateUser\",\"kind\":\"empty\",\"status\":$status,
            \"when\":\"after\"}"
    forget_calls
    run 0 "${api[@]}" "${log[@]}" one.csv out.csv
    expect_columns out.csv Status Attempts Changed <<'END'
Updated|2|Password;ForceChangePassword
END
    expect_counts GetUser=1 UpdateUser=1 applied=1
done
[ "$(password_of 01)" = "$secret 4" ]
expect_none "$never" out.csv out err log

# The modes that send nothing.
forget_calls
run 0 "${api[@]}" --dry-run --diff diff.csv one.csv out.csv
expect_columns out.csv Status Changed <<'END'
WouldUpdate|Password;ForceChangePassword
END
expect_columns diff.csv Column Old New <<'END'
Password||***
ForceChangePassword||true
END
expect_none "$never" out.csv diff.csv out err
run 0 "${api[@]}" --dry-run one.csv out.csv
expect_none "$never" out.csv out err
run 0 "${api[@]}" --reconcile one.csv out.csv
expect_columns out.csv Status Changed Note <<'END'
Match||Password cannot be compared; ForceChangePassword cannot be compared
END
expect_none "$never" out.csv out err
run 0 "${api[@]}" --export one.csv out.csv
expect_none "$never|[Pp]assword" out.csv out err
run 1 "${api[@]}" --check in.csv
expect_none "$never" out err
expect_counts UpdateUser=0

# The run is killed after the update was applied, but before its response.
faults '{"call":"UpdateUser","kind":"stall","when":"after"}'
"$BAUSER_BATCH" --endpoint "$SERVICE" "${api[@]}" "${log[@]}" one.csv out.csv \
    2>err &
batch=$!
wait_until expect_counts applied=1
kill -KILL $batch
wait $batch || [ $? -eq 137 ]
expect_none "$never" out.csv.journal out.csv.part log err
[ "$(password_of 01)" = "$secret 5" ]
faults
run 0 "${api[@]}" "${log[@]}" --resume one.csv out.csv
columns out.csv Status | expect_file <(echo Updated)
[ "$(password_of 01)" = "$secret 5" ]
control record |
    jq -r 'select(.call == "UpdateUser") | "\(.applied) \(.request)"' >patches
[ "$(cut -d' ' -f1 patches | xargs)" = 'true false' ]
[ "$(cut -d' ' -f2 patches | uniq | wc -l)" -eq 1 ]
expect_none "$never" out.csv log out err
