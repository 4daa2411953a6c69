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
printf "Id,City,JobTitle\n${U}01,Oslo,x\n,,\n" >in.csv
run 1 in.csv out.csv
expect_columns out.csv Row Status ErrorName Field <<END
1|Unchanged||
2|Failed|InvalidId|Id
END

# If the file has only a header, the result has only a header.
printf 'Id,City' >in.csv
for out in out.csv -; do
    forget_calls
    run 0 in.csv "$out"
    [ "$out" = out.csv ] || cp out out.csv
    [ "$(wc -l <out.csv)" -eq 1 ]
    expect_counts calls=0
done
