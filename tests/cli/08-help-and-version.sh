#!/bin/bash
# --help, --help-all and --version, and their short forms, print to standard
# output with exit status 0. They ignore all arguments that follow. --help lists
# the common options, --help-all all options and exit statuses; both fit 80
# columns.
. "${0%/*}/../lib.sh"

run 0 --version
grep -qE '^bauser-batch [0-9]+\.[0-9]+\.[0-9]+ ' out
[ ! -s err ]
mv out version
run 0 -V --nonsense
expect_file version <out

run 0 --help --nonsense
grep -qx 'Usage: bauser-batch \[OPTIONS\] INPUT OUTPUT' out
grep -q -- --help-all out
awk 'length > 80' out | expect_file /dev/null
[ ! -s err ]
mv out help
run 0 -qh
expect_file help <out

# listed NAME: the option has a line in out.
listed() {
    grep -qE -- "^  (-., |    )--$1 " out
}
run 0 --help
for option in check dry-run export reconcile api environment resume; do
    listed "$option" || fail "--help does not list --$option"
done
for option in window cacert log-level; do
    ! listed "$option" || fail "--help lists --$option"
done

run 0 --help-all
for option in check dry-run export reconcile delimiter map ignore clear-token \
    ignore-guards shard window concurrency timeout connect-timeout diff quiet \
    no-clobber raw-messages restart resume retry-failed endpoint environment cacert \
    customer-id account-id api proxy tenant follow-links rate retries drain \
    max-errors give-up log-file log-format log-level help help-all version; do
    listed "$option" || fail "--help-all does not list --$option"
done
for letter in 'n, --dry-run' 'h, --help' 'q, --quiet' 'V, --version'; do
    grep -q -- "^  -$letter " out || fail "--help-all does not list -$letter"
done
for status in {0..7}; do
    grep -q "^  $status  " out || fail "exit status $status is not listed"
done
awk 'length > 80' out | expect_file /dev/null
[ ! -s err ]

# Help that cannot be written is an error.
status=0
"$BAUSER_BATCH" --help >/dev/full 2>err || status=$?
[ "$status" -eq 6 ] || fail "exit status $status instead of 6"
expect_stderr 'standard output: '
