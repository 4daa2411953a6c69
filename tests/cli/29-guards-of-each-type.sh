#!/bin/bash
# Each guard column, of whatever type, prevents the update if the service has
# another value. A value that matches, in any spelling, permits the update.
# services: rest soap-v13
# acceptance: advertising
# valgrind: yes
. "${0%/*}/../lib.sh"
sim_start

for n in {01..20}; do
    control "users/$U$n" -X PATCH -d '{"ContactInfo":{"Address":{}},
        "UserLifeCycleStatus":"Active"}' >user
done
forget_calls
guards=(UserName CustomerId TimeStamp AddressTimeStamp AddressId ContactInfoId
    LastModifiedTime LastModifiedByUserId UserLifeCycleStatus)
users_before 01 20
run 0 --export <(echo Id && printf "$U%02d\n" {1..20}) export.csv

# Most rows have a guard that does not match, or that matches in another
# spelling.
"$PYTHON" -ESB - <<'END'
import csv
rows = list(csv.DictReader(open("export.csv", newline="")))
names = """UserName CustomerId TimeStamp AddressTimeStamp AddressId
    ContactInfoId LastModifiedTime LastModifiedByUserId
    UserLifeCycleStatus""".split()
wrong = {"UserName": "other@contoso.example", "UserLifeCycleStatus": "Deleted",
         "LastModifiedTime": "2001-02-03T04:05:06Z"}
out = csv.DictWriter(open("in.csv", "w"), ["Id", "JobTitle"] + names,
                     extrasaction="ignore")
out.writeheader()
for number, row in enumerate(rows):
    row["JobTitle"] = "By guard"
    if number < 9:  # each guard in turn does not match
        name = names[number]
        default = "AAAA" if name.endswith("TimeStamp") else "12"
        row[name] = wrong.get(name, default)
    elif number == 9:  # an empty cell is no guard
        row.update(dict.fromkeys(names, ""))
    elif number == 10:  # the same number and instant in another spelling
        row["CustomerId"] = "00" + row["CustomerId"]
        row["LastModifiedTime"] += "000Z"
        row["UserLifeCycleStatus"] = "ACTIVE"
    elif number == 11:  # must be empty, but is not
        row["CustomerId"] = "delete_value"
    elif number == 12:  # the letter case of base64 matters
        row["TimeStamp"] = row["TimeStamp"].swapcase()
    out.writerow(row)
    if number == 0:  # a good row in the same group
        out.writerow({"Id": row["Id"], "JobTitle": "Good row"})
END
forget_calls
run 1 in.csv out.csv
columns out.csv Status Field | head -n 16 | expect_file <(
    printf 'Conflict|%s\n' UserName "${guards[@]}"
    printf '%s\n' 'Updated|' 'Updated|' 'Conflict|CustomerId' \
        'Conflict|TimeStamp' 'Updated|' 'Updated|'
)
columns out.csv Status Retryable Attempts Changed ErrorName | sed -n '/Conf/p' |
    uniq | expect_file <(echo 'Conflict|no|1||GuardMismatch')
expect_counts GetUser=20 applied=9 UpdateUser=9
expect_run in.csv out.csv

# With --ignore-guards, all rows are applied.
forget_calls
run 0 --ignore-guards in.csv out.csv
expect_user 01 .JobTitle '"Good row"'
expect_user 02 .JobTitle '"By guard"'
expect_counts UpdateUser=11 applied=11 refused=0
