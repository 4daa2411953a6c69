#!/bin/bash
# What is at the address of the budget may reply with anything: no password is
# printed, no wait is endless, no reply uses much memory, and only what somebody
# must correct rejects the run.
. "${0%/*}/../lib.sh"
"$BAUSER_BATCH" --version >version
if grep -q 'without hiredis' version; then
    echo "skipped: the program was built without hiredis"
    exit 77
fi

# store TEXT: a server that replies to each connection with the text, and with
# it again and again if it ends in "...". It prints its port.
cat >store.py <<'END'
import socket, sys, threading
text = sys.argv[1].encode().decode("unicode_escape").encode()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)

def serve(connection):
    try:
        denies = text.startswith(b"-DENIED")  # Redis does not wait for a request
        if not denies:
            connection.recv(65536)
        connection.sendall(text.removesuffix(b"..."))
        while text.endswith(b"..."):
            connection.sendall(b":1\r\n" * 10000)
        while not denies and connection.recv(65536):
            pass
        connection.close()
    except OSError:
        pass

while True:
    threading.Thread(target=serve, args=listener.accept()[:1],
                     daemon=True).start()
END

sim_start
sim=("${SIMS[@]}")
(umask 077 && echo hunter2 >password)
export BAUSER_BUDGET_PASSWORD_FILE=$PWD/password
{
    echo "Id,$TITLE"
    user_row 1 Title
} >in.csv

# with STATUS REPLY: a run with that store.
with() {
    "$PYTHON" store.py "$2" >port &
    store=$!
    SIMS=("${sim[@]}" "$store")
    wait_until test -s port
    run "$1" --budget "redis://127.0.0.1:$(cat port)/contoso" in.csv out.csv
    kill "$store"
    wait "$store" || true
    SIMS=("${sim[@]}")
    rm port
}

OK='+OK\r\n$1\r\na\r\n'
with 2 "-ERR unknown command 'AUTH', with args beginning with: 'hunter2' \r\n"
expect_stderr 'rejects the password (ERR unknown command AUTH)'
expect_none hunter2 err

with 0 '-ERR max number of clients reached\r\n'
expect_stderr 'no connection to the store' 'max number of clients'

# No server. Messages contain an address of IPv6 in brackets.
run 0 --budget 'redis://[::1]:1/contoso' in.csv out.csv
expect_stderr 'no connection to the store of the budget [::1]:1: '

# What somebody must correct.
with 2 '-DENIED Redis is running in protected mode because ...\r\n'
expect_stderr 'is in protected mode' 'BAUSER_BUDGET_PASSWORD_FILE'
with 2 '+OK\r\n-NOPERM this user has no permissions to run the script command\r\n'
expect_stderr 'the user of Redis lacks a right (NOPERM'
with 2 "$OK"'-CROSSSLOT Keys in request don'"'"'t hash to the same slot\r\n'
expect_stderr 'write its name in braces, as in redis://127.0.0.1'
with 2 "$OK"'-MOVED 8161 10.0.0.2:6379\r\n'
expect_stderr '(MOVED 8161 10.0.0.2:6379); write the address of that node'
with 2 "+OK\r\n-ERR unknown command 'SCRIPT', with args beginning with: 'LOAD'\r\n"
expect_stderr "lacks a command of the budget (ERR unknown command 'SCRIPT');"

# A lease or a pause of any length.
with 0 "$OK"'*4\r\n:0\r\n:0\r\n:0\r\n:9223372036854775807\r\n'
expect_stderr 'an unexpected reply'
with 0 "$OK"'*4\r\n:4294967295\r\n:0\r\n:0\r\n:0\r\n'
expect_stderr 'an unexpected reply'

with 2 "$OK"'*1000000\r\n...'
expect_stderr 'there is no Redis at 127.0.0.1' 'the reply is too long'
