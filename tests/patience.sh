# shellcheck shell=bash
# How long a test may wait. A time limit is meant for a machine that is neither
# slow nor busy; on other machines it is longer. Used by lib.sh and tests/run.

CORES=$(nproc)

# patience SECONDS: sets PATIENCE to these seconds times a factor. The factor is
# the larger of SLOWNESS, measured at the start, and the current number of
# processes per core.
# shellcheck disable=SC2034 # for the scripts that source this one
patience() {
    local load factor

    read -r load _ </proc/loadavg
    factor=$((1 + ${load%.*} / CORES))
    [ "$factor" -ge "${SLOWNESS:-1}" ] || factor=$SLOWNESS
    PATIENCE=$(($1 * factor))
}

# measure_slowness: sets SLOWNESS, which is at least 1, from the time in which a
# hundred processes start, because tests mostly start processes.
measure_slowness() {
    local nominal=200000 started=${EPOCHREALTIME/./} # microseconds

    for _ in {1..100}; do
        /bin/true
    done
    SLOWNESS=$((1 + (${EPOCHREALTIME/./} - started) / nominal))
}
