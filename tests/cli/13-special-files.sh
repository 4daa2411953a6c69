#!/bin/bash
# Nothing that a run writes replaces a device, a pipe, a directory or a symbolic
# link: such a name is rejected before any call, with exit status 2. If the name
# becomes one during the run, it stays what it is, and a message says so.
. "${0%/*}/../lib.sh"
sim_start
printf "Id,$TITLE\n${U}01,New\n" >in.csv

mkfifo fifo
mkdir directory
ln -s nothing dangling
# As /dev/null, but never itself: root could lose it.
mknod null c 1 3 2>err && ln -s "$PWD/null" link || mkfifo null link
names=(fifo directory dangling null link)
kinds() {
    stat -c '%n %F' "${names[@]}"
}
before=$(kinds)
unchanged() {
    diff <(echo "$before") <(kinds) || fail "a file was replaced: $*"
}

# refuse ARGUMENT...: the run is rejected, and no file is created or changed.
refuse() {
    local listed

    touch out err
    listed=$(ls)
    run 2 "$@"
    expect_stderr "$name" 'name'
    diff <(echo "$listed") <(ls) || fail "files were changed: $*"
    unchanged "$@"
}
for name in "${names[@]}"; do
    for option in summary metrics report failed undo; do
        [ "$name-$option" != dangling-undo ] || continue
        refuse "--$option" "$name" in.csv out.csv
    done
    refuse --dry-run --diff "$name" in.csv out.csv
    refuse in.csv "$name"
done
name=null
refuse --summary $name in.csv out.csv
expect_stderr --no-summary
expect_counts calls=0

# A review writes the same files.
run 0 in.csv out.csv
for name in "${names[@]}"; do
    for option in metrics report failed; do
        refuse --review "--$option" "$name" in.csv out.csv
    done
done

# during STATUS ARGUMENT...: waits for the input with these arguments, makes the
# files in $made, and sends the input.
during() {
    local status=0 program

    mkfifo pipe
    "${PROGRAM[@]}" "${@:2}" <pipe 2>err &
    program=$!
    exec 3>pipe
    wait_until test -e "${!#}.journal"
    for name in "${made[@]}"; do
        mknod "$name" c 1 3 2>/dev/null || mkfifo "$name"
    done
    cat in.csv >&3
    exec 3>&-
    wait "$program" || status=$?
    [ "$status" -eq "$1" ] || fail "exit status $status instead of $1"
    for name in "${made[@]}"; do
        [ ! -f "$name" ] || fail "$name was replaced"
    done
    rm pipe
}
made=(s.json m.prom r.html)
during 0 --summary s.json --metrics m.prom --report r.html - other.csv
expect_stderr 'the summary s.json: it is not a regular file' \
    'the report r.html: it is not a regular file' 'the metrics m.prom'
made=(late.csv)
during 6 - late.csv
expect_stderr 'complete in late.csv.part, but cannot be renamed'
