#!/bin/bash
# make gives the same bytes in each directory, with any number of jobs.
. "${0%/*}/../lib.sh"
. "${0%/*}/fresh.inc"
unset MAKEFLAGS MAKELEVEL # the jobs are those below

copy_source one
copy_source another/directory
quietly make -C one -j1
quietly make -C another/directory -j4
for program in bauser-batch bauser-sim; do
    cmp one/$program another/directory/$program || fail "$program depends on the build"
done
