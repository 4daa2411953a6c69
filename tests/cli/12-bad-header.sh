#!/bin/bash
# A header is rejected before any call unless it names known columns, each once,
# and Id. The message suggests the nearest name.
. "${0%/*}/../lib.sh"
sim_start
TENANT=eebd1b55-5360-4438-a11d-5c06918c3014

# header TEXT MESSAGE...: the header TEXT is rejected, and standard error
# contains each MESSAGE.
header() {
    printf '%b\n%s,x,y,z\n' "$1" "${U}01" >in.csv
    rm -f out.csv
    run 3 "${options[@]}" in.csv out.csv
    expect_stderr 'bauser-batch: in.csv: ' "${@:2}"
    expect_no_file out.csv out.csv.part
}
options=()
header Id,Ctiy,Line1,Line2 'column 2: unknown column "Ctiy"' 'did you mean City'
header Id,City,ContactInfo.Adress.City,Line2 'column 3' \
    'did you mean ContactInfo.Address.City?'
header Id,City,Xyzzy,Line2 'column 3: unknown column "Xyzzy"'
header Id,City,Line1,CITY 'column 4: "CITY" is a duplicate of City' 'column 2'
header Id,City,contactinfo.address.city,x 'column 3' 'a duplicate of City'
header Id,UserId,City,Line1 'column 2: "UserId" is a duplicate of Id'
header City,Line1,Line2,Line3 'no column Id'
header Id,Password,City,Line1 "column 2: rest has no column Password (partner-center has)" \
    'never returns it'
header Id,City,BusinessName,Line1 "column 3: BusinessName cannot be set" \
    'the service ignores it'
header 'Id,City,ContactInfo.Address.BusinessName,Line1' BusinessName
header Id,,City,Line1 'line 2, column 2: the cell has a value, but the column'
options=(--delimiter ',')
header 'Id;City;Line1' 'only one column' "--delimiter ';'"
header 'Id\tCity\tLine1' '--delimiter tab'
options=()
header 'Id:City:Line1' 'only one column' '--delimiter :'
header '"Id,City,Line1"' 'the whole line is in quotes'
header 'Kennung;Ort' '3 problems: column 1: unknown column "Kennung"'
header "${U}01,Rome,,Oslo" 'the first row must name the columns'
header 'jo@contoso.example,Rome' 'column 1: this is a value' 'the first row must'
header 'sep=;\nId,City' "only one column" '--delimiter ,'
header '[Id],City' "unknown column \"[Id]\"; did you mean Id? --map '[Id]=Id'"
header "Id,\"Ci\nty\",Line1,Line2" 'column 2'

# One message has all problems, and shows what nobody sees.
header 'Id,manager,City,C\xe2\x80\x8bity' '2 problems: column 2: unknown column' \
    'column 4: unknown column "CU+200Bity" (did you mean City?)' \
    --ignore-unknown
header 'City,manager,costCenter,CITY' '4 problems' '"manager"' '"costCenter"' \
    'column 4: "CITY" is a duplicate of City' 'there is no column Id'
printf 'Id\xc2\xa0,manager,\xef\xbb\xbfCity\n' >in.csv
run 0 --ignore-unknown in.csv out.csv

# For a column of another service, the message names both services.
header Id,CustomerTenantId,City,Line1 \
    'column 2: rest has no column CustomerTenantId (partner-center has); ' \
    "--ignore CustomerTenantId ignores it"
header Id,City,Line1,State 'rest has no column state (partner-center has); ' \
    "did you mean StateOrProvince? --map 'State=StateOrProvince'"
for api in soap-v13 soap-v12; do
    options=(--api "$api")
    header Id,City,Line1,customerappscope \
        "column 4: $api has no column CustomerAppScope (soap-v11 has); "
done
options=(--api partner-center --customer-id "$TENANT")
header Id,contactinfo.address.city,displayName,state \
    'column 2: partner-center has no column City (rest, soap-v13, soap-v12, '

options=(--map 'Mail=City')
header Id,Line4,Line1,Line2 'no column "Mail"; correct or remove the option --map'
options=(--ignore Mail)
header Id,City,Line1,Line2 'no column "Mail"; correct or remove the option --ignore'

# INPUT and OUTPUT are swapped: the file that was meant as INPUT is kept.
# --export may read the Ids of a result.
options=()
printf 'Id,City\n%s,Rome\n' "${U}01" >in.csv
cp in.csv kept.csv
run 0 --check in.csv result.csv
for option in '' --ignore-unknown --check --resolve; do
    # shellcheck disable=SC2086 # none or one
    run 3 $option result.csv in.csv
    expect_stderr 'result.csv: header: this is a result of bauser-batch' \
        'perhaps INPUT and OUTPUT are swapped'
    expect_none ignore-unknown err
    cmp in.csv kept.csv
done
run 0 --check --map Note=City --ignore-unknown result.csv out.csv
rm out.csv

# A file without a header.
: >empty.csv
run 3 empty.csv out.csv
expect_stderr 'empty.csv is empty'
run 3 - out.csv </dev/null
expect_stderr 'standard input is empty'
gzip -c empty.csv >empty.csv.gz
run 3 empty.csv.gz out.csv
expect_stderr 'empty.csv.gz has no header'
printf '\n\r\n\n' >lines.csv
run 3 lines.csv out.csv
expect_stderr 'lines.csv has no header'
printf '\xef\xbb\xbf' >bom.csv
run 3 bom.csv out.csv
expect_stderr 'bom.csv'
expect_no_file out.csv out.csv.part

expect_counts calls=0 connections_opened=0

# The Ids of a result may be exported.
run 0 --export --ignore-unknown result.csv users.csv
expect_counts GetUser=1 calls=1
