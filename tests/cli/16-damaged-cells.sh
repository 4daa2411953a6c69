#!/bin/bash
# "My spreadsheet, database or mail program damaged the file": each damaged cell
# fails its row with the column and what to do, and nothing of it is written.
# The same value is accepted if the user already has it, or if it is allowed.
# services: rest partner-center
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start
forget_calls

# rows CELL...: writes in.csv, with one user for each cell of $TITLE.
rows() {
    local number=0 cell

    echo "Id,$TITLE"
    for cell; do
        user_row $((++number)) "\"${cell//\"/\"\"}\""
    done
}

# refused ERROR CELL...: all rows fail with this error, and name the column.
refused() {
    local count=$(($# - 1))

    rows "${@:2}" >in.csv
    run 1 --check in.csv
    expect_stderr "in.csv: row 1, line 2: $1: $TITLE " "$count rows: $count Failed"
    run 1 in.csv out.csv
    columns out.csv Status ErrorName Field Retryable | sort -u |
        expect_file <(echo "Failed|$1|$TITLE|no")
    expect_counts UpdateUser=0
}

# "I wanted to clear it."
refused InvalidValue "'delete_value" '"delete_value"' '<delete_value>' \
    'Delete Value' delete-value deletevalue delete_valu delete_value.
# "The formula was there, not its value."
refused SuspiciousValue '="Oslo"' '#DIV/0' '#VALUE' '##' '#WERT!' '#ЗНАЧ!' ' #N/A '
# "The database client wrote a word for nothing."
refused SuspiciousValue '[NULL]' '<null>' '(null)' '\N' '<NA>' '<nil>'
# "Names were Cyrillic, Polish or German before."
refused SuspiciousValue 'Ð¡Ð¾Ñ„Ñ–Ñ' 'GdaÅ„sk' 'MÃ¼nchen' 'M├╝nchen' \
    'M√ºnchen' '????' '?? ??? ??'
# "It is what we want": a user who has the value, and an option.
write_user 01 "$TITLE_PATH = \"#N/A\""
rows '#N/A' '#N/A' >in.csv
forget_calls
run 1 in.csv out.csv
expect_columns out.csv Status ErrorName <<'END'
Unchanged|
Failed|SuspiciousValue
END
run 0 --allow-suspicious "$TITLE=#N/A" in.csv out.csv
expect_columns out.csv Status <<'END'
Unchanged
Updated
END
expect_counts applied=1
