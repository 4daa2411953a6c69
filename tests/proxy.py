"""A proxy for the tests: it supports CONNECT only, on a free loopback port.

    proxy.py [--require VALUE | --users FILE | --kerberos] [--schemes SCHEMES]
        FILE

Prints its address. FILE receives the requests of the clients without empty
lines. With --require, a request without the header "Proxy-Authorization: VALUE"
is refused with 407 and these schemes, "Basic" by default. With --users, it must
have the USER:PASSWORD that this file has at that time. With --kerberos, a
request needs a ticket for this proxy. FILE then also receives "accepted USER".
"""

import argparse
import base64
import os
import signal
import socket
import sys
import threading


def read_head(client):
    """Returns the request up to its empty line."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            break
        head += byte
    return head.decode().replace("\r", "").rstrip("\n") + "\n"


def pump(source, sink):
    """Copies bytes until one side is closed. A reset is passed on as an end."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def accept_ticket(head):
    """Returns the user of the ticket in the request; None without one."""
    import gssapi

    start = "Proxy-Authorization: Negotiate "
    for line in head.split("\n"):
        if line.startswith(start):
            context = gssapi.SecurityContext(usage="accept")
            context.step(base64.b64decode(line[len(start):]))
            return context.initiator_name if context.complete else None
    return None


def is_allowed(head, received, options):
    """Does the request have what the proxy requires?"""
    if options.kerberos:
        user = accept_ticket(head)
        if user:
            received.write(f"accepted {user}\n")
            received.flush()
        return user is not None
    require = options.require
    if options.users:
        with open(options.users, "rb") as users:
            user = base64.b64encode(users.read().rstrip(b"\n"))
        require = f"Basic {user.decode()}"
    return (require is None or
            f"Proxy-Authorization: {require}" in head.split("\n"))


def serve(client, received, options):
    """Serves one connection of a client."""
    head = read_head(client)
    received.write(head)
    received.flush()
    method, target = head.split()[:2]
    allowed = is_allowed(head, received, options)
    if method != "CONNECT" or not allowed:
        schemes = ("Proxy-Authenticate: Negotiate\r\n" if options.kerberos else
                   "".join(f"Proxy-Authenticate: {scheme} realm=x\r\n"
                           for scheme in options.schemes.split(",")))
        client.sendall(f"HTTP/1.1 407 No\r\n{schemes}"
                       "Content-Length: 0\r\n\r\n".encode())
        client.close()
        return
    host, port = target.rsplit(":", 1)
    server = socket.create_connection((host, int(port)))
    client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
    back = threading.Thread(target=pump, args=(server, client), daemon=True)
    back.start()
    pump(client, server)
    back.join()


def main():
    """Serves until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--require")
    parser.add_argument("--users")
    parser.add_argument("--kerberos", action="store_true")
    parser.add_argument("--schemes", default="Basic")
    parser.add_argument("file")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listener = socket.create_server(("127.0.0.1", 0))
    print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)
    with open(options.file, "w", encoding="utf-8") as received:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, daemon=True,
                             args=(client, received, options)).start()


main()
