# shellcheck shell=bash
# Calls to the simulator's control address. Used by lib.sh and sim/lib.inc.

# control PATH [-X METHOD] [-d BODY]: makes a call to the address CONTROL and
# prints the response. Fails if the status is not 2xx. It uses only bash,
# because scenarios make many such calls, and starting curl would cost more than
# the call.
control() {
    local LC_ALL=C IFS=' ' path=$1 method=GET body='' address=${CONTROL#http://}
    local socket line status size=0

    shift
    while [ "$#" -gt 0 ]; do
        case $1 in
        -X) method=$2 ;;
        -d) body=$2 method=${method/GET/POST} ;;
        esac
        shift 2
    done
    exec {socket}<>"/dev/tcp/${address/://}"
    printf -v line '%s /%s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' \
        "$method" "$path" "${#body}" "$body"
    printf %s "$line" >&"$socket"
    read -r _ status _ <&"$socket"
    while read -r line <&"$socket" && [ "$line" != $'\r' ]; do
        [[ $line != Content-Length:* ]] || size=${line//[!0-9]/}
    done
    if [ "$size" -gt 20000 ]; then # bash would read it too slowly
        cat <&"$socket"
    elif [ "$size" -gt 0 ]; then
        IFS= read -r -N "$size" line <&"$socket"
        printf %s "$line"
    fi
    exec {socket}>&-
    [[ $status == 2* ]] || {
        echo "control $method /$path: status $status" >&2
        return 1
    }
}
