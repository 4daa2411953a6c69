#!/bin/bash
# The commands of the README's first hour work in their order, with nothing but
# what they and the program say: sign in, list and export users, edit them, plan
# the changes, apply ten of them, look at the result, apply the rest, and compare.
. "${0%/*}/../lib.sh"
README=${TESTS%/*}/README.md

# commands: prints the commands, without comments.
commands() {
    sed -n '/^## The first hour/,/^## [^T]/s/^    //p' "$README" |
        sed '/^ *Row  Id/,$d; s/  *#.*//; /^$/d'
}
commands >commands
id=$(sed -n 's/^export BAUSER_CLIENT_ID=//p' commands)
sim_start --users 60 --access-token '' --client-id "$id"

# ---- what an operator has: a home directory, a developer token, a browser -----

export HOME=$PWD/home EDITOR=$PWD/editor BROWSER=$PWD/browser
mkdir -p "$HOME/.config/bauser-batch" bin
unset BAUSER_ACCESS_TOKEN BAUSER_DEVELOPER_TOKEN XDG_CONFIG_HOME
(umask 077 && echo sim-developer-token >"$HOME/.config/bauser-batch/developer-token")
ln -s "$BAUSER_BATCH" bin/bauser-batch
PATH=$PWD/bin:$PATH

# The person accepts, and the browser follows the redirect.
cat >browser <<'END'
#!/bin/bash
curl -sSL -d decision=accept "$1"
END
# The person changes one column of 25 users, and removes a user and a column.
cat >editor <<'END'
#!/usr/bin/env python3
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))[1:]
for row in rows[:25]:
    row["JobTitle"] = "Director"
names = [name for name in rows[0] if name != "Fax"]
with open(sys.argv[1], "w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
END
chmod +x browser editor

# The service of the test.
export BAUSER_ENDPOINT=$SERVICE
export BAUSER_TOKEN_URL=$SERVICE/common/oauth2/v2.0/token
export BAUSER_REFRESH_TOKEN_FILE=$HOME/.config/bauser-batch/refresh-token

# ---- the first hour -----------------------------------------------------------

# has_printed TEXT: the last command has.
has_printed() {
    grep -qF -- "$1" out err || fail "not printed: $1 ($(cat out))"
}
# judge COMMAND: compares what it did with what the README says of it.
judge() {
    case $1 in
    *--sign-in*) has_printed "stored in $BAUSER_REFRESH_TOKEN_FILE" ;;
    *--whoami*)
        has_printed 'Customers: '
        has_printed 'role '
        ;;
    *--list*) columns list.csv Id UserName | sed 1,29d | grep -q '|.' ;;
    *--export*) columns users.csv _Status | sort -u | expect_file <(echo Exported) ;;
    *--dry-run*)
        sha=$(sed -n 's/^bauser-batch: plan: 25 users in plan.csv, SHA-256 //p' err)
        has_printed " --approve $sha "
        ;;
    *--limit*)
        expect_counts users_touched=10 most_applied=1
        has_printed "to apply the rest"
        ;;
    head*) [ "$(grep -c ',Updated,' out)" -ge 9 ] ;;
    *--resume*)
        expect_counts users_touched=25 most_applied=1
        columns result.csv Status | uniq -c | expect_file <(echo '     25 Updated')
        ;;
    *--reconcile*) columns drift.csv Status | sort -u | expect_file <(echo Match) ;;
    esac
}

while read -r command; do
    wanted=0 status=0
    case $command in
    *--limit*) wanted=10 ;;
    esac
    eval "${command/SHA256/${sha:-}}" >out 2>err </dev/null || status=$?
    [ "$status" -eq "$wanted" ] || fail "exit status $status: $command"
    judge "$command"
done <commands
[ "$(grep -cE -e '--(sign-in|whoami|list|export|dry-run|limit|resume|reconcile)' commands)" -eq 8 ] ||
    fail "the README leaves out a step"
