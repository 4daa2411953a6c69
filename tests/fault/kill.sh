#!/bin/bash
# A run that is killed at random times and resumed until it is complete has the
# same outcome as an undisturbed run. Every input row has one result row, in
# order. Each user is as the oracle computes it, and no update is applied twice.
# If it is undone, each user is as before.
# Eight runs are for one service, and the next eight for another.
. "${0%/*}/../lib.sh"

KILLS=${KILLS:-${ALL:+1000}}
KILLS=${KILLS:-16}    # runs, each of which is killed several times
SEED=${SEED:-1}       # seed of the first run; modulo 8 it selects the kind
WORKERS=${WORKERS:-4} # runs at the same time

# ---- the kinds of runs -------------------------------------------------------

# any WORD...: prints one of the words.
any() {
    local words=("$@")

    echo "${words[RANDOM % $#]}"
}

rows_of_random_cells() {
    "$PYTHON" -ESB "$TESTS/oracle/random_rows.py" "$seed" 1 "$users" \
        $((users * 3 / 2)) "$ID_FORM"
}

# The three users of a person set different columns.
rows_of_persons() {
    local n

    echo Id,JobTitle,City,Lcid
    for ((n = 1; n <= users; n++)); do
        case $((n % 3)) in
        0) user_row "$n" "Title $n,," ;;
        1) user_row "$n" ",City $n," ;;
        2) user_row "$n" ",,$(any GermanGermany FrenchFrance)" ;;
        esac
    done
}

# Passwords cannot be read back. The service recognizes a repeated update only
# by its request id.
rows_of_passwords() {
    local n

    echo "Id,Password,ForceChangePassword,$TITLE"
    for ((n = 1; n <= users; n++)); do
        user_row "$n" "Secret-$seed-$n,$(any true false ''),$(any '' Baker)"
    done
}

# Each password was set once.
expect_passwords() {
    local n

    for ((n = 1; n <= users; n++)); do
        control "users/$(id "$n")?secret=1" | jq -c \
            "[.passwordProfile.password, .times_set]" |
            expect_file <(echo "[\"Secret-$seed-$n\",1]")
    done
    expect_counts misused=0
}

# add_guards COLUMN...: adds guard columns with the current values.
add_guards() {
    mv in.csv plain.csv
    run 0 --export plain.csv export.csv
    { (IFS=, && echo "$*") && columns export.csv "$@" | tr '|' ,; } |
        paste -d, plain.csv - >in.csv
}

sign_in() {
    simulator+=(--token-lifetime "$(any 5 3600)")
    unset BAUSER_ACCESS_TOKEN
    export BAUSER_CLIENT_ID=sim-client BAUSER_REFRESH_TOKEN_FILE=refresh-token
    printf sim-refresh-token >refresh-token
    chmod 600 refresh-token
}

# One call in ten fails, and some of these updates are applied.
add_faults() {
    local rule='"percent":4,"times":0'

    faults "{\"kind\":\"status\",$rule}" "{\"kind\":\"reset\",$rule}" \
        "{\"kind\":\"reset\",\"when\":\"after\",$rule}"
}

# Chooses the kind of run, and the options of simulator and program.
choose() {
    users=$((5 + RANDOM % 60)) input=in.csv output=out.csv pipe=- checked=killed
    simulator=(--latency "$(any 0 0 1 3 8)" --jitter "$(any 0 0 2 10)")
    options=(--quiet --resume --undo undo.csv --concurrency "$(any 1 2 5 16 32)")
    window=100000
    case $API$((seed % 8)) in
    partner-center[456]) checked='' rows=passwords ;; # which has no persons
    *[456]) checked='' rows=persons ;;
    *) rows=random_cells ;;
    esac
    case $((seed % 8)) in
    1) window=$((1 + RANDOM % 20)) output=out.csv.gz ;;
    2) pipe=in.csv input=- ;;
    3) sign_in ;;
    5 | 6) simulator+=(--users-per-person 3) ;;
    esac
    options+=(--window "$window")
}

make_input() {
    "rows_of_$rows" >in.csv
    case $rows$((seed % 8)) in
    persons4) add_guards TimeStamp AddressTimeStamp ;;
    persons6) add_guards LastModifiedTime ;;
    *7 | passwords5) add_faults ;;
    esac
}

# ---- one run -----------------------------------------------------------------

# finish RUN: keeps the result, users and counts of a run.
finish() {
    case $output in
    *.gz) gzip -dc "$output" >"$1.csv" ;;
    *) cp "$output" "$1.csv" ;;
    esac
    users 1 "$users" >"$1.users"
    control 'applied?summary=1' >"$1.counts"
}

# The undisturbed run.
run_whole() {
    local status=0 started=${EPOCHREALTIME/./}

    LD_PRELOAD=$INJECT INJECT_COUNT=counts \
        ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0 \
        "${command[@]}" <in.csv 2>err || status=$?
    seconds=$(((${EPOCHREALTIME/./} - started) / 1000))e-3
    case $status in
    0 | 1) echo "$status" >status ;;
    *) fail "exit status $status" ;;
    esac
    finish whole
    rm "$output" undo.csv
    control users -X DELETE >response
    forget_calls
}

run_killed() {
    "$PYTHON" -ESB "$TESTS/fault/killed.py" "$seed" $((1 + RANDOM % 6)) \
        "$seconds" counts "$output" "$pipe" "${command[@]}" <in.csv 2>err >kills
    read -r status phases <kills
    [ "$status" = "$(<status)" ] || [ "${phases##* }" = ended ] ||
        fail "exit status $status"
    [ "$(echo "$output"* undo*)" = "$output $output.summary.json undo.csv" ] ||
        fail "left behind: $(echo "$output"* undo*)"
    finish killed
}

# values FILE: the values that undo.csv can restore, without the users whose
# _Note says that it cannot. A question that is None is no question.
values() {
    local names

    names=$(head -n 1 undo.csv | tr , '\n' | grep -Ev '^(Expect\..*|_Note)$')
    run 0 --export ids.csv "$1.export"
    # shellcheck disable=SC2086 # a list
    columns "$1.export" $names | sed -E 's/\|None(\||$)/|\1/' |
        { grep -vFf noted || true; } >"$1"
}

# Undoes the run after its last kill.
expect_undo() {
    columns undo.csv Id _Note | sed -n 's/|..*//p' >noted
    faults
    run 0 undo.csv back.csv
    columns back.csv Status | sort -u | grep -Ev '^(Updated|Unchanged)$' &&
        fail "not undone"
    values undone.values
    control users -X DELETE >response
    values first.values
    diff first.values undone.values || fail "not as before the run"
    [ "$(columns undo.csv Id | sort | uniq -d)" = '' ] ||
        fail "two rows of a user"
}

run_one() {
    local seed=$1 services n

    RANDOM=$seed
    read -ra services <<<"$SERVICES"
    use_service "${services[seed / 8 % ${#services[@]}]}"
    choose
    sim_start "${simulator[@]}"
    export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
    make_input
    { echo Id && for ((n = 1; n <= users; n++)); do id "$n"; done; } >ids.csv
    forget_calls
    command=("${PROGRAM[@]}" "${options[@]}" "$input"
        "$output")
    run_whole
    users_before 1 "$users"
    run_killed
    if [ "$checked" ]; then
        expect_run in.csv killed.csv "$checked" "$window"
    fi
    if [ "$rows" = passwords ]; then
        expect_passwords
    fi
    "$PYTHON" -ESB "$TESTS/oracle/expect_same.py" ||
        fail "not the outcome of the undisturbed run"
    expect_undo
    echo "$phases" >phases
}

if [ "${1:-}" = --one ]; then
    run_one "$2"
    exit
fi

# ---- all runs ----------------------------------------------------------------

# work FIRST: each WORKERS-th run.
work() {
    local seed

    for ((seed = SEED + $1; seed < SEED + KILLS; seed += WORKERS)); do
        mkdir "$seed"
        if (cd "$seed" && SCRATCH=. bash "$TESTS/fault/kill.sh" --one "$seed" >output 2>&1); then
            cat "$seed/phases" >>"phases.$1"
            rm -r "$seed"
        else
            echo "SEED=$seed KILLS=1: $(<"$seed/output")" >>"wrong.$1"
        fi
    done
}

workers=()
for ((worker = 0; worker < WORKERS; worker++)); do
    work "$worker" &
    workers+=($!)
done
wait "${workers[@]}"
if compgen -G 'wrong.*' >wrong; then
    cat wrong.*
    exit 1
fi
cat phases.* | tr ' ' '\n' | grep . | sort | uniq -c | sort -rn >phases
hits=$(awk '{ sum += $1 } END { print sum + 0 }' phases)
echo "$KILLS runs, $hits kills of an active run: $(awk '{
    printf "%s%d %s", (NR > 1 ? ", " : ""), $1, $2 }' phases)"
[ "$hits" -ge "$KILLS" ]
