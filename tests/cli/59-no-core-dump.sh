#!/bin/bash
# A crash leaves no core dump. Other processes of the same user cannot read the
# program's memory, which contains tokens and users.
. "${0%/*}/../lib.sh"
sim_start
printf "Id,JobTitle\n${U}01,x\n" >in.csv
faults '{"kind":"stall","times":0}'

# Root can read all memory, so the program runs as nobody, in a directory of its
# own.
mkdir as-nobody
cp "$BAUSER_BATCH" as-nobody/program
cd as-nobody
cp ../in.csv .
as=()
if [ "$(command id -u)" -eq 0 ]; then
    chmod 755 program
    chmod 777 .
    chmod 644 in.csv
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
ulimit -c unlimited 2>/dev/null || true
"${as[@]}" ./program --endpoint "$SERVICE" in.csv out.csv 2>err &
program=$!
calls_wait() {
    [ "$(control counts | jq .in_flight)" -eq 1 ]
}
wait_until calls_wait

grep -q '^Max core file size *0 *0 ' "/proc/$program/limits"
# If a process is not dumpable, root owns its files in /proc.
stat -c %u "/proc/$program/environ" | expect_file <(echo 0)
kill -KILL "$program"
wait "$program" || true
cd ..
