#!/bin/bash
# Under systemd in a fresh Debian, the units of the Debian package apply files in
# their sandbox, as README.Debian describes. An upgrade stops neither a run nor a
# timer, and makes the new units known; then the run is resumed. A purge leaves the
# results.
. "${0%/*}/../lib.sh"
. "${0%/*}/fresh.inc"
need mmdebstrap setpriv nsenter

# ---- a Debian that boots -----------------------------------------------------

cgroups=$(findmnt -fnt cgroup2 -o TARGET) || skip 'no cgroup2 is mounted'
group=$cgroups/bauser-batch-test-$$
booted=
removed() {
    find "$group" -depth -type d -exec rmdir {} +
}
shut_down() {
    local status=$?
    if [ "$booted" ]; then
        kill -KILL "$booted" 2>/dev/null || true
        wait "$booted" 2>/dev/null || true
        wait_until removed
    fi
    return "$status"
}
trap 'shut_down && clean_up || clean_up' EXIT

# boot: starts systemd in the Debian "fresh", with the network of this machine. It
# can change neither settings of the kernel nor the clock.
# shellcheck disable=SC2016 # expanded by the inner shell
boot() {
    mkdir "$group" 2>err || skip "no control group can be made: $(<err)"
    unshare --mount --pid --uts --ipc --fork --kill-child bash -euc '
        echo 0 >"$1/cgroup.procs"
        mount --bind "$0" "$0"
        cd "$0"
        mount -t proc proc proc
        mount --bind -o ro proc/sys proc/sys
        mount -t tmpfs -o mode=755 tmpfs run
        mount -t tmpfs -o mode=755 tmpfs dev
        for name in null zero full random urandom tty; do
            touch "dev/$name"
            mount --bind "/dev/$name" "dev/$name"
        done
        mkdir dev/pts dev/shm
        mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
        ln -s pts/ptmx dev/ptmx
        mount -t tmpfs -o mode=1777 tmpfs dev/shm
        mount -t tmpfs -o mode=755 tmpfs sys
        mkdir -p sys/fs/cgroup
        pivot_root . mnt
        exec unshare --cgroup bash -euc "
            mount -t cgroup2 cgroup sys/fs/cgroup
            umount --lazy mnt
            mount --make-rshared /
            exec setpriv --bounding-set=-sys_module,-sys_time,-sys_boot \
                env -i container=test /lib/systemd/systemd"
    ' "$PWD/fresh" "$group" >boot.log 2>&1 &
    booted=$!
    wait_until has_started
    kill -0 "$booted" || skip "systemd does not start here: $(<boot.log)"
}
has_started() {
    ! kill -0 "$booted" || on systemctl is-system-running | grep -qE 'running|degraded'
}

# on COMMAND...: runs it in the Debian that has booted.
on() {
    local first

    first=$(tr -d ' ' <"/proc/$booted/task/$booted/children")
    nsenter --target "$first" --mount --pid --uts --ipc --cgroup --root --wd \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
on_quietly() {
    on "$@" >out 2>&1 || fail "$*: $(<out)"
}

# ---- a file ------------------------------------------------------------------

make_debian bookworm fresh systemd
cp -ax fresh builder
prepare_builder builder
build_package builder /one/bauser-batch nocheck
cp builder/one/bauser-batch_*.deb fresh/package.deb
boot
on_quietly apt-get update
on_quietly apt-get install -y --no-install-recommends /package.deb

sim_start
# shellcheck disable=SC2016 # expanded by the inner shell
on_quietly sh -euc '
    install -d -m 700 /etc/bauser-batch
    echo sim-developer-token >/etc/bauser-batch/developer-token
    install -d -o bauser-batch -g bauser-batch -m 700 /var/lib/bauser-batch
    cd /var/lib/bauser-batch
    echo sim-refresh-token >token
    install -o bauser-batch -m 600 token refresh-token
    chmod 600 /etc/bauser-batch/developer-token
    for unit in bauser-batch@ bauser-batch; do
        mkdir "/etc/systemd/system/$unit.service.d"
        printf "%s\n" "[Service]" "Environment=BAUSER_ENDPOINT=$0 BAUSER_DRAIN=1" \
            "Environment=BAUSER_TOKEN_URL=$0/common/oauth2/v2.0/token" \
            "Environment=BAUSER_CLIENT_ID=sim-client" \
            >"/etc/systemd/system/$unit.service.d/override.conf"
    done
    systemctl daemon-reload
' "$SERVICE"
state=fresh/var/lib/bauser-batch

# start UNIT: runs the unit to its end.
start() {
    on systemctl start "$1" >out 2>&1 ||
        fail "$1: $(on journalctl --no-pager -u "$1")"
}
printf "Id,$TITLE\n${U}01,x\n${U}02,y\n" >$state/users.csv
chown --reference=$state $state/users.csv
start bauser-batch@users.service
columns $state/users.result.csv Status | expect_file <(printf '%s\n' Updated Updated)
# Prometheus' node_exporter is another user.
on setpriv --reuid=nobody --regid=nogroup --clear-groups cat /var/cache/bauser-batch/users.prom |
    grep '^bauser_batch_' >/dev/null
[ "$(stat -c %a $state/users.result.csv)" = 600 ]

# The report of a start without a secret has nothing of the good run before.
# shellcheck disable=SC2016 # expanded by the inner shell
on_quietly sh -euc '
    apt-get install -y --no-install-recommends jq
    printf "%s\n" "#!/bin/sh" "cat >\"\$STATE_DIRECTORY/mail\"" >/usr/bin/mail
    chmod 755 /usr/bin/mail
    mkdir /etc/systemd/system/bauser-batch-failed@.service.d
    printf "%s\n" "[Service]" StateDirectory=bauser-batch-mail \
        >/etc/systemd/system/bauser-batch-failed@.service.d/override.conf
    systemctl daemon-reload'
# fail_to_start STATUS: starts the unit, which ends so, and waits for the mail.
fail_to_start() {
    ! on systemctl start bauser-batch@users.service >out 2>&1 || fail 'it succeeded'
    wait_until has_mail
    grep -q "exit-code: exited $1\$" $mail
    grep -q bauser-batch@users $mail
}
has_mail() {
    on systemctl show -P ActiveState bauser-batch-failed@users.service |
        grep -qx inactive && [ -s $mail ]
}
mail=fresh/var/lib/bauser-batch-mail/mail
mv fresh/etc/bauser-batch/developer-token .
: >fresh/etc/bauser-batch/developer-token
fail_to_start 2
expect_none 'every row succeeded' $mail
mv developer-token fresh/etc/bauser-batch
rm $mail
printf "%s\n" "Id,$TITLE" "9,x" >$state/users.csv
fail_to_start 1
grep -q 'some rows are Failed' $mail
printf "Id,$TITLE\n${U}01,x\n${U}02,y\n" >$state/users.csv

# The sample for every night, for an application without a secret.
# shellcheck disable=SC2016 # expanded by the inner shell
on_quietly sh -euc '
    cd /usr/share/doc/bauser-batch/examples/systemd
    sed "/client-secret/d" bauser-batch.service >/etc/systemd/system/bauser-batch.service
    cp bauser-batch.timer /etc/systemd/system
    systemctl daemon-reload
    systemctl enable --now bauser-batch.timer'
gzip <$state/users.csv >$state/users.csv.gz
start bauser-batch.service
columns $state/result-*.csv Status | expect_file <(printf '%s\n' Unchanged Unchanged)
gzip -t $state/done-*.csv.gz
expect_no_file $state/users.csv.gz

# ---- an upgrade during a run --------------------------------------------------

faults '{"kind":"stall","call":"UpdateUser","when":"after"}'
printf "Id,$TITLE\n${U}03,x\n${U}04,y\n" >$state/long.csv
on systemctl start --no-block bauser-batch@long.service
is_stalled() {
    expect_counts 'in_flight>=1' 'UpdateUser>=1'
}
wait_until is_stalled
dpkg-deb -R fresh/package.deb newer
sed -i 's/^Version: .*/&+newer/' newer/DEBIAN/control
sed -i 's/^Description=.*/& newly/' newer/lib/systemd/system/bauser-batch@.service
quietly dpkg-deb -Zgzip --root-owner-group -b newer fresh/newer.deb
property() {
    on systemctl show -P "$1" bauser-batch@long.service
}
main=$(property MainPID)
on_quietly apt-get install -y /newer.deb
[ "$(property MainPID)" = "$main" ] || fail 'the upgrade stopped the run'
[[ $(property Description) == *newly ]] || fail 'the upgrade left the old unit'
on systemctl is-active bauser-batch.timer >out
on_quietly systemctl stop bauser-batch@long.service
[ -e $state/long.result.csv.journal ] || fail 'the run was not interrupted'
faults
start bauser-batch@long.service
columns $state/long.result.csv Status | expect_file <(printf '%s\n' Updated Updated)
expect_counts most_applied=1

on_quietly apt-get purge -y bauser-batch
[ "$(property LoadState)" = not-found ] || fail "purge leaves $(property FragmentPath)"
columns $state/long.result.csv Status | expect_file <(printf '%s\n' Updated Updated)
