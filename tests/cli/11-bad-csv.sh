#!/bin/bash
# A file that is not valid CSV in UTF-8 is rejected before any call. The message
# names the file, row, line and column.
. "${0%/*}/../lib.sh"
sim_start

# rejected TEXT: bad.csv is rejected with the message TEXT, also compressed and
# through a pipe.
rejected() {
    echo "of an earlier run" >out.csv
    run 3 bad.csv out.csv
    expect_stderr "bauser-batch: bad.csv$1"
    expect_file out.csv <<<"of an earlier run"
    expect_no_file out.csv.part
    gzip -c bad.csv >bad.csv.gz
    run 3 bad.csv.gz out.csv
    expect_stderr "bauser-batch: bad.csv.gz$1"
    cat bad.csv | run 3 - piped.csv
    expect_stderr "bauser-batch: standard input$1"
}

# bad ROWS TEXT: a file with a header, a valid row and ROWS is rejected.
bad() {
    printf "Id,City,JobTitle\n${U}01,\"two\nlines\",x\n%b" "$1" >bad.csv
    rejected ": row $2"
}
bad "${U}02,\"Oslo,x\n${U}03,Rome,x\n" \
    '2, line 4, column 2 (City): the quote at the start of this cell is never'
bad "${U}02,\"Oslo\"x,x\n" \
    '2, line 4, column 2 (City): text after the closing quote'
bad "${U}02,\"Oslo\" ,x\n" \
    '2, line 4, column 2 (City): text after the closing quote'
bad "${U}02,Os\"lo,x\n" '2, line 4, column 2 (City): a quote in a cell'
bad "${U}02,Oslo,x,y\n" '2, line 4: the row has 4 cells, but the header has 3'
bad "${U}02,Oslo\n" '2, line 4: the row has 2 cells, but the header has 3'
bad "${U}02,Oslo" '2, line 4: the row has 2 cells, but the header has 3'
bad "${U}02\n" '2, line 4: the row has 1 cell, but the header has 3'
bad "\n\n${U}02,,\n${U}03\n" '3, line 7: the row has 1 cell'
bad "${U}02,Os\\0lo,x\n" '2, line 4, column 2 (City): a NUL byte'
bad "${U}02,Os\\xfflo,x\n" '2, line 4, column 2 (City): not valid UTF-8'
bad "${U}02,x,\\xed\\xa0\\x80\n" \
    '2, line 4, column 3 (JobTitle): not valid UTF-8'
bad "${U}02,x,\\xc0\\xaf\n" '2, line 4, column 3 (JobTitle): not valid UTF-8'
bad "${U}02,x,\\xf4\\x90\\x80\\x80\n" \
    '2, line 4, column 3 (JobTitle): not valid UTF-8'
bad "${U}02,x,\\xe2\\x82" \
    '2, line 4, column 3 (JobTitle): the file ends within a character of UTF-8'
bad "${U}02,x,y\r${U}03,x,y\r" '2, line 4: a single carriage return (CR)'

# Fields, rows and headers have a maximum size.
printf 'Id,City\n%s,%s\n' "${U}01" "$(head -c 1048577 /dev/zero | tr '\0' x)" \
    >bad.csv
rejected ': row 1, line 2, column 2 (City): the cell is longer than 1048576 bytes; perhaps a closing quote is missing'
{
    echo Id,_a,_b,_c,_d,_e
    field=$(head -c 900000 /dev/zero | tr '\0' x)
    echo "${U}01,$field,$field,$field,$field,$field"
} >bad.csv
rejected ': row 1, line 2: the row is longer than 4194304 bytes'
{
    echo "Id$(printf ',_%s' {1..1000})"
    echo "${U}01$(printf ',%s' {1..1000})"
} >bad.csv
rejected ': header, line 1: the row has more than 1000 columns'

# foreign TEXT COMMAND...: what the command prints is rejected as TEXT.
foreign() {
    "${@:2}" >bad.csv
    rejected " is $1"
}
printf 'Id,City\n%s,Oslo\n' "${U}01" >good.csv
foreign 'a ZIP archive or an Excel workbook; use a CSV' printf 'PK\003\004\024\0\0'
foreign 'an old or encrypted Excel workbook' printf '\xd0\xcf\x11\xe0\xa1'
foreign 'compressed by bzip2' printf 'BZh91AY&SY'
foreign 'compressed by xz' printf '\xfd7zXZ\0'
foreign 'compressed by zstd' printf '\x28\xb5\x2f\xfd\x04'
foreign 'compressed by compress' printf '\x1f\x9d\x90'
foreign 'compressed by zlib' printf '\x78\x9c\x01'
foreign 'a 7-Zip archive' printf '7z\xbc\xaf\x27\x1c\0'
foreign 'a tar archive' tar cf - good.csv
foreign 'a PDF document' printf '%%PDF-1.7\n'
foreign 'a web page' printf '\n<!DOCTYPE html><html><body>Sign in</body></html>\n'
foreign 'a web page' printf '<HTML>\n'
foreign 'an XML or HTML document' printf '<?xml version="1.0"?>\n'
foreign JSON printf '[{"Id":"1","City":"x"}]'
foreign JSON printf '{\n  "Id": 1\n}\n'
foreign 'an XML or HTML document' printf '<users>\n<Id>1</Id>\n'
foreign 'a binary file, not text' printf '\x85\x01\x0c\x03\x91'
foreign 'encrypted or signed by PGP; decrypt it' printf -- \
    '-----BEGIN PGP MESSAGE-----\n\nhQEM\n'
foreign 'a file with a conflict of Git' printf '<<<<<<< HEAD\nId,City\n'
foreign 'a pointer of Git LFS' printf 'version https://git-lfs.github.com/spec/v1\n'
foreign 'base64' printf '%064d\n' 0
gzip -c good.csv | gzip -c >bad.csv
run 3 bad.csv out.csv
expect_stderr 'bad.csv is compressed by gzip twice'

expect_counts calls=0 connections_opened=0
