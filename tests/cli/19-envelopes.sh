#!/bin/bash
# The envelope of UpdateUser contains exactly the elements of the service's
# template, in its order. This is true for a user with every element, and if
# every value is cleared. It is also true if the rows add every value to a
# nearly empty user.
# services: soap
. "${0%/*}/../lib.sh"
sim_start

VERSION=${API#soap-}
TEMPLATE=$TESTS/soap/$VERSION.elements
if [ "$VERSION" = v11 ]; then
    export BAUSER_APPLICATION_TOKEN=application-token
    export BAUSER_USERNAME=ann@contoso.example BAUSER_PASSWORD=password
fi

# expect_elements: the last UpdateUser has the elements on standard input.
expect_elements() {
    control record | jq -r 'select(.call == "UpdateUser") | .body' |
        "$PYTHON" -ESB "$TESTS/soap/tree.py" "$VERSION" >elements
    diff -u - elements || fail "not the elements of the template"
    forget_calls
}

# v11 of the simulator adds a CustomerAppScope to this user.
ID=${U}02
control "users/$ID" | jq -c '{ContactInfo: {
    Address: {City: "Köln", CountryCode: "DE", Id: "7001", Line1: "Weg 1",
        Line2: "L2", Line3: "L3", Line4: "L4", PostalCode: "50667",
        StateOrProvince: "NRW", TimeStamp: "AAECAwQFBgc=", BusinessName: "B"},
    ContactByPhone: true, ContactByPostalMail: false, Email: "a@b.example",
    EmailFormat: "Html", Fax: "1", HomePhone: "2", Id: "7002", Mobile: "3",
    Phone1: "4", Phone2: "5"},
    CustomerId: "7003", Id, JobTitle: "Chef", LastModifiedByUserId: "7004",
    LastModifiedTime: "2024-02-29T23:59:59.999", Lcid: "EnglishUS",
    Name: {FirstName: "Ann", LastName: "Lee", MiddleInitial: "M"},
    Password: "secret", SecretAnswer: "12345",
    SecretQuestion: "FavoriteMovie", UserLifeCycleStatus: "Active",
    TimeStamp: "AAECAwQFBgg=", UserName: "ann@contoso.example",
    ForwardCompatibilityMap: [{key: "k", value: "v"}],
    AuthenticationToken: "token"}' >full
control "users/$ID" -X PUT -d "$(<full)" >put.response

printf 'Id,City\n%s,Oslo\n' "$ID" >in.csv
run 0 in.csv out.csv
expect_elements <"$TEMPLATE"

# Every writable column.
COLUMNS=(City CountryCode Line1 Line2 Line3 Line4 PostalCode StateOrProvince
    ContactByPhone ContactByPostalMail Email EmailFormat Fax HomePhone Mobile
    Phone1 Phone2 JobTitle Lcid FirstName LastName MiddleInitial SecretAnswer
    SecretQuestion)
VALUES=(Oslo NO l1 l2 l3 l4 0150 Oslo 1 0 c@d.example Text 1 2 3 4 5 Cook
    NorwegianNorway Bo Berg B 67890 Anniversary)
row() {
    local IFS=,

    echo "$*"
}
{
    row Id "${COLUMNS[@]}"
    row "$ID" "${COLUMNS[@]/*/delete_value}"
} >in.csv
run 0 in.csv out.csv
expect_elements <"$TEMPLATE"

# The same columns, for a user with only Id and TimeStamp.
jq -c '{Id, TimeStamp}' full >bare
control "users/$ID" -X PUT -d "$(<bare)" >put.response
{
    row Id "${COLUMNS[@]}"
    row "$ID" "${VALUES[@]}"
} >in.csv
run 0 in.csv out.csv
# Its parents are new, and have neither Id nor TimeStamp.
grep -vE "^ {12,}e:(Id|TimeStamp|BusinessName)$|^          e:Id$|g:|e:\
(CustomerId|LastModifiedByUserId|LastModifiedTime|Password|UserLifeCycleStatus|\
UserName|ForwardCompatibilityMap|AuthenticationToken)$" "$TEMPLATE" |
    expect_elements
