#!/bin/bash
# --reconcile reports whether the service matches the file, and sends no update.
# Guards are compared like any column.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

cat >in.csv <<END
Id,$TITLE,$TOWN,$GUARD
${U}01,Head,Oslo,
${U}02,,delete_value,
END
run 0 in.csv applied.csv
forget_calls
cat >>in.csv <<END
${U}03,Somebody else,,
${U}04,,,Deleted
$NOBODY,x,,
END
users_before 01 4
run 1 --reconcile in.csv out.csv
expect_columns out.csv Row Status ErrorName Attempts Changed <<END
1|Match||1|
2|Match||1|
3|Drift||1|$TITLE
4|Drift||1|$GUARD
5|Failed|$NOT_THERE|1|
END
expect_counts GetUser=5 UpdateUser=0 applied=0

# "The service has trimmed and respelled our values": that is drift, and a note
# says so; --loose ignores letter case and blanks, but no other letter.
cat >loose.csv <<END
Id,$TITLE,$TOWN
${U}01, HEAD ,
${U}02,Heads,
END
printf "Id,$TITLE\n${U}01,Head\n${U}02,Head\n" >head.csv
run 0 head.csv applied.csv
run 1 --reconcile loose.csv out.csv
columns out.csv Status Note | expect_file <(
    echo "Drift|$TITLE begins with a space; the service has $TITLE in another spelling"
    echo 'Drift|')
run 1 --reconcile --loose loose.csv out.csv
columns out.csv Status | expect_file <(printf '%s\n' Match Drift)
run 2 --loose loose.csv out.csv
expect_stderr '--loose requires --reconcile'

# The summary says how much matches, also of a run that was interrupted. --diff
# writes both values.
expect_match() {
    expect_stderr "match: $1 % of rows ($2), $3 % of compared cells ($4)"
}
cat >in.csv <<END
Id,$TITLE,$TOWN,$GUARD
${U}01,Head,delete_value,nobody
${U}02,Head,,
${U}02,,Oslo,
${U}03,Chief,,
$NOBODY,Head,,
END
expected() {
    echo Row,Id,Column,Service,Input
    for column in "1 01 $GUARD nobody" "1 01 $TOWN delete_value" \
        "3 02 $TOWN Oslo" "4 03 $TITLE Chief"; do
        read -r row user name value <<<"$column"
        [ "$value" != delete_value ] || value=
        case $name in
        "$GUARD") path=$GUARD_PATH ;;
        "$TOWN") path=$TOWN_PATH ;;
        *) path=$TITLE_PATH ;;
        esac
        echo "$row,$U$user,$name,$(member "$user" "$path // \"\"" | tr -d '"'),$value"
    done
}
run 1 --reconcile --diff diff.csv in.csv out.csv
expect_match 0.0 '0 of 5' 33.3 '2 of 6'
[ "$(stat -c %a diff.csv)" = 600 ]
expected | sort | expect_file <(sort diff.csv)
faults "{\"kind\":\"error\",\"code\":$EXPIRED,\"skip\":2,\"times\":0}"
run 4 --reconcile --concurrency 1 in.csv out.csv
faults
run 1 --resume --reconcile in.csv out.csv
expect_match 0.0 '0 of 5' 33.3 '2 of 6'

# Guards that change with every update are compared on request only. The exit
# status tells drift from failure on request.
head -n 3 in.csv | cut -d , -f 1 >ids.csv
run 0 --export ids.csv export.csv
printf '%s\n' "Id,$LINE" "${U}01,5 Main St" >change.csv
run 0 change.csv out.csv
"$PYTHON" -ESB - "$LINE" <<'END'
import csv
import sys
rows = list(csv.DictReader(open("export.csv", newline="")))
for row in rows:
    row[sys.argv[1]] = ""
with open("export.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
END
run 0 --reconcile --detailed-exit-code export.csv out.csv
expect_match 100.0 '2 of 2' 100.0 \
    "$(sed 's/.*compared cells (\(.*\)).*/\1/; t; d' err)"
case $API in
partner-center) ;; # most users have no etag
*)
    run 1 --reconcile --all-guards export.csv out.csv
    expect_columns out.csv Status <<<$'Drift\nMatch'
    run 9 --reconcile --all-guards --detailed-exit-code export.csv out.csv
    ;;
esac
run 1 --reconcile --detailed-exit-code in.csv out.csv
head -n 2 in.csv >drift.csv
run 9 --reconcile --detailed-exit-code drift.csv out.csv
run 0 --dry-run --detailed-exit-code change.csv out.csv
sed -i 's/5 Main/6 Main/' change.csv
run 8 --dry-run --detailed-exit-code change.csv out.csv
run 0 --dry-run change.csv out.csv
echo "$NOBODY,7 Main St" >>change.csv
run 1 --dry-run --detailed-exit-code change.csv out.csv
run 2 --all-guards in.csv out.csv
expect_stderr '--all-guards requires --reconcile'
