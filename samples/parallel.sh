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
# Results of another INPUT stop the script before it starts a shard.
set -eu

usage() {
    echo "usage: sh parallel.sh INPUT OUTPUT.csv[.gz] SHARDS" >&2
    exit 2
}

[ $# -eq 3 ] || usage
case $2 in
*.csv) end=.csv ;;
*.csv.gz) end=.csv.gz ;;
*) usage ;;
esac
case $3 in '' | 0* | *[!0-9]*) usage ;; esac

# A result without a journal or staging file is finished. To run its shard again
# would fetch all its users again. --review makes sure that it is of INPUT.
unfinished=
for number in $(seq "$3"); do
    k=$((number - 1))
    result=${2%"$end"}.$k-of-$3$end
    if [ ! -e "$result" ] || [ -e "$result.journal" ] || [ -e "$result.part" ]; then
        unfinished="$unfinished $number"
    elif ! text=$(bauser-batch --review --shard "$k/$3" "$1" "$result" 2>&1); then
        echo "$text" >&2
        echo "$0: to apply another INPUT, choose another OUTPUT, or move away" \
            "${2%"$end"}.*-of-$3$end*" >&2
        exit 2
    fi
done

# PARALLEL_SEQ, from which --shard auto takes the shard, is 1, 2, ...
# shellcheck disable=SC2016,SC2086 # an expression of Perl; numbers
printf '%s\n' $unfinished | parallel --quote --no-run-if-empty --halt never \
    --tagstring '{= $_ = "shard " . ($_ - 1) =}' --line-buffer \
    --sshlogin "${MACHINES:-:}" --workdir . --jobs "${JOBS:-4}" \
    env PARALLEL_SEQ={} \
    bauser-batch --no-progress --yes --resume --shard "auto/$3" "$1" "$2" ||
    echo "$0: some shards did not end with status 0" >&2
exec bauser-batch --merge "$2"
