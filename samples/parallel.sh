#!/bin/sh
# Applies a file by several processes, on one or more machines, with GNU
# parallel, and merges their results:
#
#     sh parallel.sh users.csv.gz result.csv 8
#     MACHINES=one,two sh parallel.sh users.csv.gz result.csv 8
#
# MACHINES is --sshlogin of parallel(1); ":" is this machine. All machines need
# the program, this directory (such as one of NFS), and the credentials: name
# them in ~/.config/bauser-batch/config, since variables are not passed on.
#
# After a failure or a kill, run the same command again: finished shards are
# kept, interrupted ones are resumed, and the results are merged when all shards
# are finished. The exit status is that of the merge: 5 means that some are not.
set -eu

# shard INPUT OUTPUT SHARDS: one process. An OUTPUT without a journal or staging
# file is finished, and to run it again would read all its users again.
shard() {
    k=$((PARALLEL_SEQ - 1))
    case $2 in
    *.csv.gz) name=${2%.csv.gz}.$k-of-$3.csv.gz ;;
    *.csv) name=${2%.csv}.$k-of-$3.csv ;;
    esac
    if [ -e "$name" ] && [ ! -e "$name.journal" ] && [ ! -e "$name.part" ]; then
        return 0
    fi
    bauser-batch --no-progress --yes --resume --shard "auto/$3" "$1" "$2"
}

usage() {
    echo "usage: sh parallel.sh INPUT OUTPUT.csv[.gz] SHARDS" >&2
    exit 2
}

if [ "${1-}" = --shard ]; then
    shift
    shard "$@"
    exit
fi

[ $# -eq 3 ] || usage
case $2 in *.csv | *.csv.gz) ;; *) usage ;; esac
case $3 in '' | 0* | *[!0-9]*) usage ;; esac

# PARALLEL_SEQ of the jobs is 1, 2, ...; --halt never starts all of them.
seq "$3" | parallel --quote --max-args 0 --halt never --tag --line-buffer \
    --sshlogin "${MACHINES:-:}" --workdir . --jobs "${JOBS:-4}" \
    sh "$0" --shard "$1" "$2" "$3" ||
    echo "$0: some shards did not end with status 0" >&2
exec bauser-batch --merge "$2"
