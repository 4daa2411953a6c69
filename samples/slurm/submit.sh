#!/bin/sh
# Submits the shards, and the merge after them, and prints the ids of both jobs; to
# be run in the directory of users.csv.gz, which all nodes share.
#
# afterany, and not afterok: shards with failed rows end with status 1, and are
# merged as well. --merge itself finds out whether a shard is missing.
set -eu
here=$(dirname "$0")

job=$(sbatch --parsable "$here/shards.sbatch")
echo "$job"
sbatch --parsable --dependency="afterany:${job%%;*}" "$here/merge.sbatch"
