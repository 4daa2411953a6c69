#!/bin/bash
# Whatever the service says about a user, no value of the row, of the user before
# it or of the sign-in gets into OUTPUT, the log or the messages, in any spelling.
# services: rest soap-v13 partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

private() {
    "$PYTHON" -ESB "$TESTS/oracle/private_values.py" "$@"
}

case $API in
partner-center) rejected=400 repeated=400 ;;
*) rejected=201 repeated=0 ;;
esac

# set_rules CALL CODE STATUS BEFORE ROWS: sets rules for the users of ROWS.
set_rules() {
    private rules "$seed" "$@" >rules
    control faults -X DELETE >fault.response
    control faults -d "$(<rules)" >fault.response
}

for seed in 1 2 3; do
    control faults -X DELETE >reset
    private rows "$seed" 90 "$ID_FORM" "$TITLE" "$TOWN" "$LINE" >before.csv
    private rows "9$seed" 90 "$ID_FORM" "$TITLE" "$TOWN" "$LINE" >in.csv
    run 0 before.csv before.out
    set_rules UpdateUser "$rejected" 400 before.csv in.csv
    run 1 in.csv out.csv
    columns out.csv ErrorMessage | grep -qF '***' || fail 'nothing is redacted'
    private check before.csv in.csv -- out.csv err

    # A call that is repeated is logged with its error.
    head -n 20 in.csv >some.csv
    set_rules GetUser "$repeated" 503 some.csv some.csv
    run 0 --log-file log --log-level debug some.csv out.csv
    grep -qF '***' log || fail 'nothing is redacted in the log'
    private check some.csv -- out.csv log err
    rm log
done

# An error that stops the run is printed with its message.
if [ "$API" != partner-center ]; then
    head -n 1 in.csv >one.csv
    echo "${U}01,Geheimrätin,Ulm,1" >>one.csv
    faults '{"kind":"error","code":204,"call":"GetUser",
        "message":"Not GEHEIMR%C3%84TIN, R2VoZWltcsOkdGlu"}'
    run 5 --log-file log one.csv stopped.csv
    expect_stderr 'Not ***, ***'
    expect_none '[Gg]eheim|GEHEIM|R2Vo' err log
fi

# With --raw-messages, the same messages are as they came, but for a token.
head -n 1 in.csv >one.csv
echo "${U}01,Geheimrätin,Ulm,1" >>one.csv
faults "{\"kind\":\"error\",\"code\":$rejected,\"call\":\"UpdateUser\",
    \"times\":0,\"message\":\"Not Geheimrätin of sim-access-token\"}"
run 1 one.csv out.csv
expect_columns out.csv ErrorMessage <<<'Not *** of ***'
run 1 --raw-messages one.csv out.csv
expect_columns out.csv ErrorMessage <<<'Not Geheimrätin of ***'

# What a spreadsheet would evaluate begins with an apostrophe, and --retry-failed
# reads such rows.
faults "{\"kind\":\"error\",\"code\":$rejected,\"call\":\"UpdateUser\",
    \"message\":\"=HYPERLINK(1);@x\"}"
printf 'Id,%s\n=1+1,x\n%s,y\n' "$TITLE" "${U}02" >in.csv
run 1 in.csv out.csv
columns out.csv Id | expect_file <(printf "%s\n" "'=1+1" "${U}02")
columns out.csv ErrorMessage | tail -n 1 |
    expect_file <(echo "'=HYPERLINK(1);'@x")
cp out.csv kept.csv
run 1 --retry-failed in.csv out.csv
cmp kept.csv out.csv

# An export has the value as it is.
faults
printf 'Id,%s\n%s,=1+1\n' "$TITLE" "${U}02" >in.csv
run 0 in.csv out.csv
run 0 --export in.csv export.csv
expect_columns export.csv "$TITLE" <<<'=1+1'
