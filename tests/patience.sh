# shellcheck shell=bash
# How long a test may wait. A limit is meant for a machine that is neither slow
# nor busy; on any other it is longer. For lib.sh and tests/run.

CORES=$(nproc)

# patience SECONDS: sets PATIENCE, what these seconds are on this machine as it
# is now. SLOWNESS says how much slower it was than an ordinary one at first, and
# the load how many processes share a core now; the larger of them counts.
# shellcheck disable=SC2034 # for the scripts that source this one
patience() {
    local load factor

    read -r load _ </proc/loadavg
    factor=$((1 + ${load%.*} / CORES))
    [ "$factor" -ge "${SLOWNESS:-1}" ] || factor=$SLOWNESS
    PATIENCE=$(($1 * factor))
}

# Sets SLOWNESS, from 1: by the time that a hundred processes take to start,
# which is what tests do most.
measure_slowness() {
    local nominal=200000 started=${EPOCHREALTIME/./} # microseconds

    for _ in {1..100}; do
        /bin/true
    done
    SLOWNESS=$((1 + (${EPOCHREALTIME/./} - started) / nominal))
}
