#!/bin/bash
# OUTPUT of --resolve is complete or absent: after a kill, a signal, a full disk,
# a damaged INPUT, or a damaged list, which is not used at all. Then the same
# command works again. No file of an unfinished run is touched.
. "${0%/*}/../lib.sh"

{
    echo Id,UserName
    for n in {1..4000}; do
        echo "$n,user.$n@contoso.example"
    done
} >list.csv
{
    echo UserName,JobTitle,City
    for n in {1..4000}; do
        echo "USER.$n@contoso.example,Title $n,City $n"
    done
} >in.csv
resolve=(--resolve --users list.csv)
run 0 "${resolve[@]}" in.csv wanted.csv
columns wanted.csv Id UserName JobTitle City | sed -n '1p;$p' |
    expect_file <(
        echo '1|user.1@contoso.example|Title 1|City 1'
        echo '4000|user.4000@contoso.example|Title 4000|City 4000'
    )
run 0 --check wanted.csv

# A kill and a signal, while half of the rows are in the staging file.
mkfifo pipe
for signal in KILL TERM; do
    rm -f out.csv
    "$BAUSER_BATCH" "${resolve[@]}" pipe out.csv 2>err &
    program=$!
    exec 3>pipe
    head -n 3000 in.csv >&3
    wait_until test -s out.csv.part
    kill -"$signal" "$program"
    status=0
    wait "$program" || status=$?
    exec 3>&-
    expect_no_file out.csv
    case $signal in
    KILL) [ "$status" = 137 ] && [ -s out.csv.part ] ;;
    TERM)
        [ "$status" = 5 ]
        expect_stderr 'stopped by a signal'
        expect_no_file out.csv.part
        ;;
    esac
    run 0 "${resolve[@]}" in.csv out.csv
    cmp wanted.csv out.csv
    expect_no_file out.csv.part
done

# A full disk, and an OUTPUT that nobody reads.
rm out.csv
status=0
(ulimit -f 8 && run 6 "${resolve[@]}" in.csv out.csv) || status=$?
[ "$status" -eq 0 ] || fail "see above"
expect_stderr 'cannot write out.csv.part'
expect_no_file out.csv out.csv.part
status=0
"$BAUSER_BATCH" "${resolve[@]}" in.csv - >/dev/full 2>err || status=$?
[ "$status" = 6 ] || fail "$status"

# A damaged INPUT: a file before the list is read, a pipe at any row. What was
# there stays.
echo precious >out.csv
{ cat in.csv && echo 'x,"y,z'; } >damaged.csv
run 3 --resolve --users missing.csv damaged.csv out.csv
expect_stderr damaged.csv
run 3 "${resolve[@]}" - out.csv < <(cat damaged.csv)
{ cat in.csv && printf 'x,\xff,z\n'; } >damaged.csv
run 3 "${resolve[@]}" damaged.csv out.csv
expect_stderr '--encoding'
run 3 "${resolve[@]}" - out.csv < <(cat damaged.csv)
printf 'Mail,City\na,b\n' >damaged.csv
run 3 "${resolve[@]}" damaged.csv out.csv
expect_stderr 'there is no column UserName'
printf 'UserName,City,\na,b,c\n' >damaged.csv
run 3 "${resolve[@]}" damaged.csv out.csv
expect_stderr 'the column has no name'
: >damaged.csv
run 3 "${resolve[@]}" damaged.csv out.csv

# A damaged list, of which the first part would do.
{ cat list.csv && echo '4.9E+11,user.1@contoso.example'; } >bad.csv
run 3 --resolve --users bad.csv in.csv out.csv
expect_stderr 'bad.csv: row 4001, line 4002: ' 'The list is not used'
gzip -c list.csv | head -c 2000 >bad.csv.gz
run 3 --resolve --users bad.csv.gz in.csv out.csv
expect_stderr 'gzip data is truncated'
run 2 --resolve --users <(cat list.csv || true) in.csv out.csv
expect_stderr 'is no regular file'
run 2 --resolve --users missing.csv in.csv out.csv
expect_no_file out.csv.part

# OUTPUT is neither INPUT nor the list, and is not replaced with --no-clobber.
ln list.csv link.csv
for files in 'in.csv in.csv' 'in.csv list.csv' 'in.csv ./link.csv' \
    '--no-clobber in.csv out.csv' '--users in.csv in.csv in.csv'; do
    # shellcheck disable=SC2086 # several words
    run 2 "${resolve[@]}" $files
done
expect_file out.csv <<<precious

# A run with that OUTPUT was killed: it can still be resumed.
sim_start
printf 'Id,City\n%s,Bonn\n' "${U}01" >ids.csv
faults '{"kind":"stall"}'
"${PROGRAM[@]}" ids.csv out.csv 2>err &
program=$!
is_stalled() {
    expect_counts 'calls>=1'
}
wait_until is_stalled
kill -KILL "$program"
wait "$program" || true
faults
cksum out.csv.* >before
run 2 "${resolve[@]}" in.csv out.csv
expect_stderr 'out.csv.journal belongs to a run that did not finish'
cksum out.csv.* | expect_file before
run 0 --resume ids.csv out.csv
expect_user 01 "$TOWN_PATH" '"Bonn"'
