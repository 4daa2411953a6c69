#!/bin/bash
# If the journal of a run is truncated after a record or inside a record, the
# resumed run has the same outcome as an undisturbed one. This is true whether
# or not the updates whose outcome the journal lacks were applied.
# services: rest
# acceptance: rest soap-v13 partner-center
. "${0%/*}/../lib.sh"

USERS=60
WORKERS=2
EVERY=${ALL:+1}
EVERY=${EVERY:-8} # one in so many truncations is tried

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

# All rows but one have their result in the journal.
all_but_one() {
    [ "$(grep -cE '[0-9]+ [0-9]+:[0-9]+,[0-9a-f-]{19,36},' out.csv.journal)" -eq \
        $((rows - 1)) ]
}

# Keeps the journal of a run whose last user gets no response.
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
    control users -X DELETE >response
}

# work FIRST: tries each WORKERS-th truncation, with its own simulator.
work() {
    cd "$1"
    keep_journal
    run 1 in.csv whole.csv
    users 1 "$USERS" >whole.users
    PYTHONPATH=$TESTS/oracle "$PYTHON" -sB "$TESTS/fault/truncated_journal.py" \
        "$CONTROL" "$1" $((WORKERS * EVERY)) "${PROGRAM[@]}" \
        --resume in.csv out.csv >truncations
}

make_input >in.csv
rows=$(($(wc -l <in.csv) - 1))
workers=()
for ((worker = 0; worker < WORKERS; worker++)); do
    mkdir "$worker"
    cp in.csv "$worker"
    sim_start "${ETAGS[@]}"
    work "$worker" &
    workers+=($!)
done
for worker in "${workers[@]}"; do
    wait "$worker" || fail "$(cat ./*/truncations)"
done
echo "$(awk '{ sum += $1 } END { print sum }' ./*/truncations) truncations of journals of" \
    "$(grep -cE '^[0-9a-f]{8} [A-Z] ' 0/journal) records"
