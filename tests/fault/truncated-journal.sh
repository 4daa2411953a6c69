#!/bin/bash
# Cut off behind each record of its journal and in the middle of each, a run
# comes to the same as one that was left alone, whether the updates whose
# outcome the journal does not know were applied or not.
# services: rest
# acceptance: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"

USERS=60
WORKERS=2
EVERY=${ALL:+1}
EVERY=${EVERY:-8} # of so many cuts behind a record, and within one, one is tried

make_input() {
    local n

    echo "Id,$TITLE,$TOWN,$BAD"
    for ((n = 1; n < USERS; n++)); do
        case $((n % 8)) in
        0) user_row "$n" ",,$BAD_VALUE" ;;
        1) user_row "$n" "Title $n,," && user_row $((n + 1)) ,Bonn, ;;
        2) user_row "$n" ",," ;;
        3) user_row "$n" Title,, && user_row "$n" ,Ulm, ;;
        *) user_row "$n" "Title $n,City $n," ;;
        esac
    done
    user_row 5 "Another title,,"
    user_row "$USERS" "Last,,"
}

all_but_one() { # of the rows have their result in the journal
    [ "$(grep -cE '[0-9]+ [0-9]+:[0-9]+,[0-9a-f-]{19,36},' out.csv.journal)" -eq \
        $((rows - 1)) ]
}

# The run whose journal is kept: the last user's answer never comes.
keep_journal() {
    local program

    faults "{\"call\":\"UpdateUser\",\"id\":\"$(id "$USERS")\",
        \"kind\":\"stall\"}"
    "${PROGRAM[@]}" --concurrency 8 in.csv out.csv 2>err &
    program=$!
    wait_until all_but_one
    kill -KILL "$program"
    wait "$program" || true
    mv out.csv.journal journal
    rm out.csv.part
    faults
    control users -X DELETE >answer
}

# work FIRST: each WORKERS-th of the cuts, with a simulator of its own.
work() {
    cd "$1"
    keep_journal
    run 1 in.csv whole.csv
    users 1 "$USERS" >whole.users
    PYTHONPATH=$TESTS/oracle "$PYTHON" -sB "$TESTS/fault/truncated_journal.py" \
        "$CONTROL" "$1" $((WORKERS * EVERY)) "${PROGRAM[@]}" \
        --resume in.csv out.csv >cuts
}

make_input >in.csv
rows=$(($(wc -l <in.csv) - 1))
workers=()
for ((worker = 0; worker < WORKERS; worker++)); do
    mkdir "$worker"
    cp in.csv "$worker"
    sim_start
    work "$worker" &
    workers+=($!)
done
for worker in "${workers[@]}"; do
    wait "$worker" || fail "$(cat ./*/cuts)"
done
echo "$(awk '{ sum += $1 } END { print sum }' ./*/cuts) cuts of journals of" \
    "$(grep -cE '^[0-9a-f]{8} [HIRCW] ' 0/journal) records"
