#!/bin/bash
# With --proxy-negotiate, a run signs in to the proxy with the Kerberos ticket of
# the user who starts it, for each connection. Without a ticket, or with one that
# is not for this proxy, it stops at once with the advice kinit.
. "${0%/*}/../lib.sh"

skip() {
    echo "skipped: $*"
    exit 77
}
PATH=$PATH:/usr/sbin:/sbin
for tool in krb5kdc kdb5_util kadmin.local kinit kdestroy; do
    [ "$(type -t "$tool")" ] || skip "$tool is not installed (a Kerberos server)"
done
for python in "$PYTHON" /usr/bin/python3 ''; do
    [ "$python" ] || skip 'python3-gssapi is not installed'
    ! "$python" -EB -c 'import gssapi' 2>/dev/null || break
done
sim_start

# ---- a realm of this test -----------------------------------------------------

export KRB5_CONFIG=$PWD/krb5.conf KRB5_KDC_PROFILE=$PWD/kdc.conf
export KRB5CCNAME=$PWD/tickets KRB5_KTNAME=$PWD/proxy.keytab
export KRB5RCACHEDIR=$PWD
port=$("$python" -c 'import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1])')
cat >krb5.conf <<END
[libdefaults]
    default_realm = TEST
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    TEST = {
        kdc = 127.0.0.1:$port
    }
END
cat >kdc.conf <<END
[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:$port
[realms]
    TEST = {
        database_name = $PWD/principals
        key_stash_file = $PWD/stash
        acl_file = $PWD/acl
    }
[logging]
    kdc = FILE:$PWD/kdc.log
END
{
    kdb5_util create -s -r TEST -P master
    kadmin.local addprinc -pw secret jo
    kadmin.local addprinc -randkey HTTP/127.0.0.1
    kadmin.local ktadd -k proxy.keytab HTTP/127.0.0.1
} >realm.log 2>&1 || fail "no realm: $(cat realm.log)"
krb5kdc -n >/dev/null 2>kdc.err &
SIMS+=($!)
wait_until grep -q 'commencing operation' kdc.log

# proxy_start: starts a proxy that requires Kerberos. Sets PROXY to its address,
# and seen to the file with the requests and the users that it accepted.
proxy_start() {
    seen=seen.$((++proxies))
    rm -f proxy.address
    mkfifo proxy.address
    "$python" -EB "$TESTS/proxy.py" --kerberos "$seen" >proxy.address \
        2>>sim.err &
    SIMS+=($!)
    read -r PROXY <proxy.address
}
proxies=0

# ---- with a ticket -------------------------------------------------------------

{
    echo Id,JobTitle
    for i in {1..40}; do
        user_row "$i" "Title $i"
    done
} >in.csv
echo secret | kinit jo >kinit.out
proxy_start
run 0 --concurrency 8 --proxy "$PROXY" --proxy-negotiate in.csv out.csv
expect_counts applied=40
expect_stderr '40 Updated'
# Each connection was accepted for this user, and none without a ticket.
[ "$(grep -c '^accepted jo@TEST$' "$seen")" -eq \
    "$(control counts | jq .connections_opened)" ]
expect_none '^accepted (|[^j].*)$' "$seen"
expect_none Negotiate out.csv err

# ---- without one that can be used ---------------------------------------------

# refused PROXY: the run stops at once, and no call arrives.
refused() {
    forget_calls
    run 2 --proxy "$1" --proxy-negotiate in.csv refused.csv
    expect_stderr 'the proxy rejects the Kerberos sign-in for' kinit
    [ "$(grep -vc -e ': estimate: ' -e ', endpoint ' -e ': 0 rows; ' err)" -eq 1 ]
    expect_counts calls=0
    expect_no_file refused.csv refused.csv.part
}
proxy_start
# The ticket's realm has no proxy of this name.
refused "${PROXY/127.0.0.1/localhost}"
kdestroy >kdestroy.out
refused "$PROXY"
expect_none '^accepted' "$seen"
