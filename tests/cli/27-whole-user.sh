#!/bin/bash
# An update sends back everything that GetUser returned: unknown members at any
# level, nulls, empty strings, numbers in their spelling, Ids beyond 2^53.
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start --first-id 9000000000000000001 --users 100

cat >odd <<'END'
{"Id":"9000000000000000001","":"no name","Tiny":1e-300,"Minus":-0.0,
"Large":-123456789012345,"Spelt":1.50E+2,"Null":null,"Empty":{},"None":[],
"Deep":[[[[{"a":[null,true]}]]]],"id":"lower","ID":42,
"Escapes":"\u0041\/\b\f\n\r\t\"\\\ud83e\udd8a\u007f\u2028",
"ContactInfo":{"contactinfo":1,"Address":{"city":"not City","City":"Rome",
"Line1":"","Line2":null,"Id":"9000000000000000201","TimeStamp":"AAAAAAAAAAE=",
"BusinessName":"Kept & <carried>"},"Id":"9000000000000000101","Email":null,
"X":{"City":"not this City"}},"CustomerId":"123456789","JobTitle":"Title",
"LastModifiedByUserId":"1","TimeStamp":"AAAAAAAAAAI=",
"LastModifiedTime":"2024-02-29T23:59:59.9999999","Lcid":"EnglishUS",
"Name":{"FirstName":"A"},"UserLifeCycleStatus":"Active",
"UserName":"odd@contoso.example","SecretQuestion":"None",
"ForwardCompatibilityMap":[{"key":"k","value":null},{"Key":"K","Value":"v"}],
"AuthenticationToken":null,"Password":null}
END
control users/9000000000000000001 -X PUT -d "$(tr -d '\n' <odd)" >user
cat >in.csv <<END
Id,City,MiddleInitial,Line2
9000000000000000001,Oslo,Z,delete_value
9000000000000000002,Oslo,,
END
ID_FORM=9%018d
users_before 1 2
run 0 in.csv out.csv
expect_run in.csv out.csv
expect_counts applied=2
