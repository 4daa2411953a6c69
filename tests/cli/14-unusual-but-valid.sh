#!/bin/bash
# Every valid form of a file is read: a byte-order mark, CRLF, other delimiters,
# several gzip members, quoted line ends, any letter case of the header.
. "${0%/*}/../lib.sh"
sim_start

# sets CITY TITLE OPTION...: in.csv sets these values of user 01, as a plain
# file, as gzip with one and two members, through a pipe, and redirected.
sets() {
    local way

    for way in file gzip members pipe redirected; do
        control users -X DELETE >reset
        case $way in
        file) run 0 "${@:3}" in.csv out.csv ;;
        gzip) gzip -c in.csv >in && run 0 "${@:3}" in out.csv ;;
        members)
            { head -c 9 in.csv | gzip && tail -c +10 in.csv | gzip -1; } >in
            run 0 "${@:3}" in out.csv
            ;;
        pipe) cat in.csv | run 0 "${@:3}" - out.csv ;;
        redirected) run 0 "${@:3}" - out.csv <in.csv ;;
        esac
        expect_user 01 '[.ContactInfo.Address.City, .JobTitle]' \
            "[\"$1\",\"$2\"]"
    done
}

printf "Id,City,JobTitle\n${U}01,Oslo,x" >in.csv
sets Oslo x
printf "\xef\xbb\xbfId,City,JobTitle\r\n${U}01,Oslo,x\r\n" >in.csv
sets Oslo x
printf '\xef\xbb\xbf"Id","City","JobTitle"\n"%s","O""slo","x, y"\n' "${U}01" \
    >in.csv
sets 'O\"slo' 'x, y'
printf 'JOBTITLE, userid ,contactInfo.address.CITY\n\n\r\n x ,%s,Oslo\n\n' \
    "${U}01" >in.csv
sets Oslo ' x '
printf "Id,City,JobTitle\n${U}01,\"O\r\nslo\",\"x\n\ny\"\n" >in.csv
sets 'O\r\nslo' 'x\n\ny'
printf "Id;City;JobTitle\n${U}01;Oslo, N;\"x;\"\n" >in.csv
sets 'Oslo, N' 'x;' --delimiter ';'
printf "Id\tCity\tJobTitle\n${U}01\tOslo\tx\n" >in.csv
sets Oslo x --delimiter tab
printf "Nr,Ort,Titel,_note,Extra,Password\n${U}01,Oslo,x,1,2,3\n" >in.csv
sets Oslo x --map Nr=Id --map 'ort=ContactInfo.Address.City' \
    --map Titel=jobtitle --ignore extra --ignore Password
# Rows and columns at the end that a spreadsheet has added, without any value.
printf "Id,City,JobTitle,,\n${U}01,Oslo,x,,\n,,,,\n , ,\xc2\xa0\n" >in.csv
sets Oslo x
printf "Id,City,JobTitle\n${U}01,Oslo,x, ,\n" >in.csv
sets Oslo x
printf "Id,,City\n${U}01,,Oslo\n${U}02,hidden,Oslo\n" >in.csv
run 3 in.csv out.csv
expect_stderr 'in.csv: row 2, line 3, column 2: the cell has a value' \
    'no name' --ignore-unknown
run 0 --ignore-unknown in.csv out.csv

# The delimiter is found in the header, or a line "sep=X" names it.
for delimiter in ';' '\t' '|' ','; do
    printf "JobTitle${delimiter}Id${delimiter}City\nx${delimiter}${U}01" >in.csv
    printf "${delimiter}Oslo\n" >>in.csv
    sets Oslo x
done
printf "sep=#\nId#City#JobTitle\n${U}01#Oslo#x\n" >in.csv
sets Oslo x
printf "sep=^\r\nId^City^JobTitle\r\n${U}01^Oslo^x\r\n" >in.csv
sets Oslo x
printf "\xef\xbb\xbf\"sep=;\"\nId;City;JobTitle\n${U}01;Oslo;x\n" >in.csv
sets Oslo x
sets Oslo x --delimiter ';'
printf "Nr;Ort\n${U}01;Oslo\n" >in.csv
run 0 --map Nr=Id --map Ort=City in.csv out.csv

printf "Id,City,JobTitle,,\n${U}01,Oslo,x\n" >in.csv
sets Oslo x

# Lines before the header.
printf "Users of today;;\n\"as of\";Monday;\n\nId;City;JobTitle\n${U}01;Oslo;x\n" \
    >in.csv
sets Oslo x --skip-lines 3
run 3 in.csv out.csv
expect_stderr 'in.csv: line 1 names no column, but line 4 names the Id; skip' \
    '--skip-lines 3'

# The advice works, whatever precedes the header.
for lines in 'Title' '\nTitle' '\r\n \r\nTitle\r\n' '1\n2\nsep=;' ',,\nTitle' \
    '\xef\xbb\xbf\n"a\nb"'; do
    for skipped in 0 1; do
        printf "$lines\nand more\nId,City,JobTitle\n${U}01,Oslo,x\n" >in.csv
        run 3 --skip-lines "$skipped" in.csv out.csv
        lines_named=$(grep -o 'skip-lines [0-9]*' err)
        run 0 --check --skip-lines "${lines_named#* }" in.csv
    done
done

# Other encodings: UTF-16 says so itself.
printf "Id;City;JobTitle\n${U}01;Köln;x\n" >utf8.csv
for encoding in UTF-16LE UTF-16BE; do
    { printf '\ufeff' && cat utf8.csv; } | iconv -t "$encoding" >in.csv
    sets Köln x
    iconv -t "$encoding" utf8.csv >in.csv
    sets Köln x --encoding "$encoding"
    run 3 in.csv out.csv
    expect_stderr "UTF-16 without a byte-order mark; use --encoding $encoding"
done
iconv -t WINDOWS-1252 utf8.csv >in.csv
sets Köln x --encoding WINDOWS-1252
run 3 in.csv out.csv
expect_stderr 'in.csv: row 1, line 2, column 2 (City): not valid UTF-8; save' \
    '--encoding WINDOWS-1252'
run 2 --encoding WINDOWS-1259 in.csv out.csv
expect_stderr "'WINDOWS-1259' is unknown"
{ cat utf8.csv && tail -n 1 in.csv; } >mixed.csv
run 3 mixed.csv out.csv
expect_stderr 'row 2, line 3, column 2 (City): not valid UTF-8, but other cells' \
    'do not convert the whole file'
{
    tail -n 1 in.csv | cat <(head -n 1 utf8.csv) -
    for n in {1..9000}; do
        echo "$n;Oslo;x"
    done
    tail -n 1 utf8.csv
} >late.csv
for check in '' --check; do
    run 3 $check late.csv out.csv
    expect_stderr 'row 1, line 2, column 2 (City): not valid UTF-8, but other' \
        'do not convert the whole file'
done
for encoding in UTF-8 UTF-16LE; do
    { printf '\ufeff' && cat utf8.csv; } | iconv -t "$encoding" >marked.csv
    run 3 --encoding WINDOWS-1252 marked.csv out.csv
    expect_stderr "the byte-order mark of ${encoding%LE}, but --encoding"
done
head -c -4 utf8.csv >cut.csv
printf '\xc3' >>cut.csv
run 3 cut.csv out.csv
expect_stderr 'the file ends within a character of UTF-8; transfer it again'

# If the file has only a header, the result has only a header.
printf 'Id,City' >in.csv
for out in out.csv -; do
    forget_calls
    run 0 in.csv "$out"
    [ "$out" = out.csv ] || cp out out.csv
    [ "$(wc -l <out.csv)" -eq 1 ]
    expect_stderr 'warning: in.csv has a header, but no rows'
    expect_counts calls=0
done
