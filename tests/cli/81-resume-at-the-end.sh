#!/bin/bash
# If a run is killed after OUTPUT was renamed but before the journal was
# removed, --resume completes it with the same rows and without an update. While
# a run is active, a second one is rejected. If OUTPUT is a link, the file that
# it names is replaced.
# services: rest
# acceptance: all
. "${0%/*}/../lib.sh"
sim_start

{
    echo "Id,$TITLE,$BAD"
    for n in {10..19}; do
        echo "$U$n,Title $n,"
    done
    echo "${U}20,,$BAD_VALUE"
} >in.csv
for out in out.csv out.csv.gz; do
    control users -X DELETE >response
    forget_calls
    ln -s "real-$out" "$out"
    touch "real-$out"

    # The last user gets no response; all other rows are in the journal.
    faults "{\"call\":\"UpdateUser\",\"id\":\"${U}19\",\"kind\":\"stall\",
        \"when\":\"after\"}"
    "${PROGRAM[@]}" in.csv "$out" 2>err &
    program=$!
    done_but_one() {
        [ "$(grep -c Updated "real-$out.journal")" -eq 18 ] &&
            expect_counts applied=10
    }
    wait_until done_but_one
    run 5 --resume in.csv "$out"
    expect_stderr 'another run is writing'
    kill -KILL "$program"
    wait "$program" || true
    cp "real-$out.journal" journal
    run 1 --resume in.csv "$out"
    expect_counts applied=10
    expect_stderr '11 rows: 10 Updated, 1 Failed;'
    [ -L "$out" ]
    expect_no_file "real-$out.journal" "real-$out.part"

    # The run appears to have been killed between renaming and removing.
    cp "real-$out" before
    cp journal "real-$out.journal"
    chmod 600 "real-$out.journal"
    forget_calls
    run 2 in.csv "$out"
    expect_counts calls=0
    run 1 --resume in.csv "$out"
    expect_counts UpdateUser=0 'GetUser<=1'
    columns before Row Id Status Changed >rows
    columns "$out" Row Id Status Changed | expect_file rows
    expect_no_file "real-$out.journal" "real-$out.part"
done
