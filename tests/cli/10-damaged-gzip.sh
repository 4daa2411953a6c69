#!/bin/bash
# Gzip data that is damaged, truncated or followed by other data is rejected
# before any call. OUTPUT is not changed.
. "${0%/*}/../lib.sh"
sim_start

{
    echo Id,City
    for n in {01..30}; do
        echo "$U$n,City $n"
    done
} >good.csv
gzip -9n <good.csv >good
size=$(stat -c %s good)

# rejected NAME TEXT: the file NAME is rejected with the message TEXT, also
# through a pipe. The rows before the damage are not sent, because they do not
# fill the window of the pipe.
rejected() {
    echo "of an earlier run" >out.csv
    run 3 "$1" out.csv
    expect_stderr "bauser-batch: $1" "$2"
    expect_file out.csv <<<"of an earlier run"
    expect_no_file out.csv.part
    run 3 --check "$1"
    expect_stderr "bauser-batch: $1" "$2"
    cat "$1" | run 3 - piped.csv
    expect_stderr "bauser-batch: standard input" "$2"
}

head -c 1 good >one-byte
rejected one-byte 'truncated at byte 1'
head -c 9 good >in-header
rejected in-header 'truncated at byte 9'
head -c $((size / 2)) good >half
rejected half "truncated at byte $((size / 2))"
for missing in 8 4 1; do
    head -c $((size - missing)) good >in-trailer
    rejected in-trailer "truncated at byte $((size - missing))"
done

# with_byte OFFSET VALUE: prints the good file with this byte at that offset.
with_byte() {
    head -c "$1" good
    printf '%b' "\\x$2"
    tail -c +$(($1 + 2)) good
}
with_byte 2 07 >method
rejected method 'damaged before byte'
with_byte $((size / 2)) 00 >damaged
rejected damaged 'damaged before byte'
with_byte $((size - 8)) 00 >checksum
rejected checksum 'damaged before byte'
with_byte $((size - 1)) 01 >length
rejected length 'damaged before byte'

{ cat good && echo junk; } >junk
rejected junk "ends after $size bytes, but other bytes follow"
{ cat good && printf x; } >junk-byte
rejected junk-byte "ends after $size bytes, but other bytes follow"
{ cat good && printf '\0\0\0\0x'; } >zeros
rejected zeros "ends after $size bytes, but other bytes follow"
{ cat good && head -c 1 good; } >second-one-byte
rejected second-one-byte "truncated at byte $((size + 1))"
{ cat good && head -c 15 good; } >second-truncated
rejected second-truncated "truncated at byte $((size + 15))"


# Zeros at the end, as on a tape, are accepted.
{ cat good && printf '\0\0\0\0'; } >zeros
run 0 --check zeros
expect_stderr '30 rows: 30 Valid'

expect_counts calls=0 connections_opened=0
