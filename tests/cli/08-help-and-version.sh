#!/bin/bash
# --help and --version go to standard output with exit status 0, whatever
# else is asked for; --help tells each option and exit status.
. "${0%/*}/../lib.sh"

run 0 --version
grep -qE '^bauser-batch [0-9]+\.[0-9]+\.[0-9]+ ' out
[ ! -s err ]
run 0 --help --nonsense
grep -qx 'Usage: bauser-batch \[OPTIONS\] INPUT OUTPUT' out
for option in check dry-run export reconcile delimiter map ignore clear-token \
    ignore-guards shard window concurrency timeout connect-timeout diff quiet \
    no-clobber restart resume retry-failed endpoint environment cacert \
    customer-id account-id api proxy tenant follow-links rate retries drain \
    max-errors give-up log-file log-format log-level help version; do
    grep -q -- "^  --$option " out || fail "--$option is not told"
done
for status in {0..7}; do
    grep -q "^  $status  " out || fail "exit status $status is not told"
done
awk 'length > 80' out | expect_file /dev/null
[ ! -s err ]
