"""A proxy for the tests: it supports CONNECT only, on a free loopback port.

    proxy.py [--refuse] FILE

Prints its address. FILE receives the requests of the clients without empty
lines. With --refuse the response is always 407.
"""

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
    """Copies bytes until one side is closed."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, received, refuse):
    """Serves one connection of a client."""
    head = read_head(client)
    received.write(head)
    received.flush()
    method, target = head.split()[:2]
    if refuse or method != "CONNECT":
        client.sendall(b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n"
                       b"Content-Length: 0\r\n\r\n")
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
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    listener = socket.create_server(("127.0.0.1", 0))
    print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)
    with open(sys.argv[-1], "w", encoding="utf-8") as received:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, daemon=True, args=(
                client, received, sys.argv[1] == "--refuse")).start()


main()
