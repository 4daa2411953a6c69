#!/bin/bash
# In runs over 20 users that renew the token midway, each call of the C library
# fails once, and then always. The program ends with a documented exit status
# and reports nothing untrue. The run that resumes it completes every row. No
# user is updated twice, and no refresh token is lost.
# services: rest soap-v13 partner-center
# valgrind: yes
. "${0%/*}/../lib.sh"

# These are the intervals at which calls are made to fail: calls for memory;
# calls of OpenSSL and of poll, which are many and similar; all other calls, if
# there are more than FEW of a kind. EVER: one in so many of these fails always.
# ALL=1: every call for REST, except those of OpenSSL and of poll.
FEW=6
if [ "${ALL:-}" ]; then
    MEMORY=1 ALIKE=4 OTHER=1 EVER=1
elif [ "${VALGRIND:-}" ]; then
    MEMORY=499 ALIKE=4999 OTHER=29 EVER=4
else
    MEMORY=197 ALIKE=1999 OTHER=9 EVER=4 # a sanitizer's allocations never fail
fi
# Most calls do not depend on the service, so REST has the most points.
if [ "$API" != rest ]; then
    MEMORY=$((MEMORY * 4)) ALIKE=$((ALIKE * 8))
    [ "${ALL:-}" ] || FEW=0 OTHER=$((OTHER * 8))
fi

ROWS=21     # of each slot
SLOTS=${ALL:+200} # points that are tried before the users are checked
SLOTS=${SLOTS:-48}
WORKERS=2   # processes that try points at the same time
AGAIN=(--resume)
# The run gives up after 0.3 seconds without a valid response.
OPTIONS=(--quiet --concurrency 4 --give-up 0.005)

# ---- slots: the same input for each point ------------------------------------

# slot_rows K: prints the rows of the K-th 20 users. One row changes nothing,
# one user has two rows, and one row is invalid.
slot_rows() {
    local first=$((1 + $1 * 20)) n

    for n in {0..16}; do
        printf "$ID_FORM,Baker %d,Bonn,\n" $((first + n)) "$n"
    done
    printf "$ID_FORM,%s\n" $((first + 17)) ,, $((first + 18)) Smith,, \
        $((first + 18)) Miller,Ulm, $((first + 19)) ",,$BAD_VALUE"
}

# Each slot has its own refresh token, which the simulator does not replace.
make_slots() {
    local slot

    echo "Id,$TITLE,$TOWN,$BAD" >all.csv
    for ((slot = 0; slot < SLOTS; slot++)); do
        mkdir "$slot"
        (umask 077 && echo "slot-$slot" >"$slot/token")
        control tokens -d "{\"refresh_token\":\"slot-$slot\"}" >tokens.response
        slot_rows "$slot" >rows
        cat rows >>all.csv
        { head -n 1 all.csv && cat rows; } >"$slot/in.csv"
    done
}

# Restores all users, and forgets all calls. In each slot, the update of the
# eighth user will find that its token has expired.
begin_batch() {
    local slot rules=()

    control users -X DELETE >deleted
    forget_calls
    for ((slot = 0; slot < SLOTS; slot++)); do
        rules+=("{\"kind\":\"error\",\"code\":$EXPIRED,\"call\":\"UpdateUser\",
            \"id\":\"$(id $((8 + slot * 20)))\"}")
    done
    faults "${rules[@]}"
}

# apply PROGRAM SLOT ARGUMENT...: applies the slot's input; returns the exit
# status. The array before has commands that run the program.
before=()
apply() {
    BAUSER_REFRESH_TOKEN_FILE=$2/token "${before[@]}" "$1" "${PROGRAM[@]:1}" \
        "${OPTIONS[@]}" "${@:3}" "$2/in.csv" "$2/out.csv" >"$2/messages" 2>&1
}

# inject SLOT KIND ERRNO WHICH TIMES: applies it while that call fails.
inject() {
    local before=(env LD_PRELOAD="$INJECT")

    [ "$2" != openssl ] || before=(timeout -s KILL $((15 * ${SLOWNESS:-1})) "${before[@]}")
    # AddressSanitizer must accept that another library is preloaded before it.
    ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
        INJECT_COUNT=$1/counts INJECT_CALL=$2 \
        INJECT_ERRNO=$3 INJECT_AT=$4 INJECT_TIMES=$5 apply "$BAUSER_BATCH" "$1"
}

# ---- the points --------------------------------------------------------------

# The kinds of calls with the errno that each fails with: EINTR 4, EIO 5,
# ENOMEM 12, EACCES 13, EMFILE 24, ENOSPC 28, ENOLCK 37, ECONNRESET 104,
# ECONNREFUSED 111.
kinds() {
    printf '%s\n' memory:12 openssl:12 open:24 open:13 read:5 pread:5 pread:4 \
        write:28 write:4 fsync:5 fdatasync:5 ftruncate:5 flock:37 flock:4 \
        fchmod:13 fstat:5 lseek:5 close:5 rename:5 link:13 unlink:13 poll:12 \
        poll:4 socket:24 connect:111 send:104 recv:104
}

# Prints "KIND ERRNO WHICH TIMES" for each point. The file counts contains the
# number of calls of each kind.
points() {
    local kind number count every which nth=0

    while IFS=: read -r kind number; do
        count=$(sed -n "s/^$kind //p" counts)
        case $kind in
        openssl | poll) every=$ALIKE ;;
        memory) every=$MEMORY ;;
        *) every=$((count > FEW ? OTHER : 1)) ;;
        esac
        for ((which = 1; which <= count; which += every)); do
            echo "$kind $number $which once"
            # A call that is always interrupted is no failure.
            [ "$number" != 4 ] && [ $((nth++ % EVER)) = 0 ] || continue
            echo "$kind $number $which ever"
        done
    done < <(kinds)
}

# try SLOT KIND ERRNO WHICH TIMES: a run in which that call fails, and a run
# without failures that completes it.
try() {
    local slot=$1 status=0 file point="$2 $4 $5, errno $3"

    rm -f "$slot"/{out,first}.csv* "$slot/counts"
    inject "$@" 2>>"$slot/crashes" || status=$?
    # OpenSSL 3.0 crashes if it had no memory for a lock that its first hash
    # needs, and OpenSSL 3.5 waits for itself. This is before any call, so nothing
    # is lost.
    if [[ $2:$status == openssl:@(139|137) ]]; then
        echo "$point" >>"$slot/own"
    elif [ "$status" -gt 7 ]; then
        echo "$point: exit status $status: $(<"$slot/messages")"
    fi
    [ ! -e "$slot/counts" ] || sed -n 's/^hits //p' "$slot/counts" >>"$slot/hits"
    if [ -e "$slot/out.csv" ] && [ ! -e "$slot/out.csv.journal" ]; then
        mv "$slot/out.csv" "$slot/first.csv"
    fi
    status=0
    apply "${BAUSER_PLAIN:-$BAUSER_BATCH}" "$slot" "${AGAIN[@]}" || status=$?
    if [ "$status" != 1 ]; then # one row is invalid
        echo "after $point: exit status $status: $(<"$slot/messages")"
    fi
    for file in "$slot"/{out.csv.part,out.csv.journal,token.new.*}; do
        [ ! -e "$file" ] || echo "after $point: $file is left"
    done
}

# work FIRST: tries each WORKERS-th of the points in the file points.now.
work() {
    local slot=0 point

    while read -ra point; do
        if [ $((slot % WORKERS)) -eq "$1" ]; then
            try "$slot" "${point[@]}"
        fi
        slot=$((slot + 1))
    done <points.now
}

# check_batch COUNT: checks the results and users of that many slots.
check_batch() {
    local slot finished=()

    for ((slot = 0; slot < $1; slot++)); do
        tail -n +2 "$slot/out.csv"
    done | awk -v rows="$ROWS" '{ # numbered like the rows of one file
        sub(/^[0-9]+/, NR)
        sub(/from row 20/, "from row " int((NR - 1) / rows) * rows + 20)
        print
    }' >rows
    cat <(head -n 1 0/out.csv) rows >result.csv
    head -n $((1 + $1 * ROWS)) all.csv >input.csv
    expect_run input.csv result.csv resumed
    for ((slot = 0; slot < $1; slot++)); do
        [ ! -e "$slot/first.csv" ] || finished+=("$slot")
    done
    "$PYTHON" -ESB "$TESTS/oracle/expect_consistent.py" "${finished[@]}" ||
        fail "a result row was not true"
}

# Tries the points in the file points.now.
try_batch() {
    local worker workers=()

    begin_batch
    for ((worker = 0; worker < WORKERS; worker++)); do
        work "$worker" >"wrong.$worker" &
        workers+=($!)
    done
    for worker in "${workers[@]}"; do
        wait "$worker"
    done
    cat wrong.* >wrong
    [ ! -s wrong ] || fail "$(<wrong)"
    check_batch "$(wc -l <points.now)"
}

# ---- all points --------------------------------------------------------------

unset BAUSER_ACCESS_TOKEN
sim_start --access-token ''
export BAUSER_CLIENT_ID=sim-client
export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
make_slots
users_before 1 $((SLOTS * 20))
begin_batch
inject 0 none 0 0 once || [ $? = 1 ]
expect_counts Token=2 applied=18
cp 0/counts counts

points >points
while mapfile -n "$SLOTS" -t batch && [ "${#batch[@]}" -gt 0 ]; do
    printf '%s\n' "${batch[@]}" >points.now
    try_batch
done <points
hits=$(find . -name hits -exec cat {} + | awk '$1 > 0' | wc -l)
own=$(find . -name own -exec cat {} + | wc -l)
[ "$hits" -gt 20 ]
echo "$((hits + own)) failed calls in $(wc -l <points) runs: 1 in $MEMORY" \
    "calls for memory, 1 in $ALIKE of OpenSSL and of poll, 1 in $OTHER of" \
    "other frequent calls, 1 in $EVER of these always; OpenSSL itself crashed" \
    "$own times"
