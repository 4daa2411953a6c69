"""A server for tests: http_server.py RECORD STATUS.

Prints its address. Appends "METHOD PATH" of each request to RECORD, and responds
with the HTTP status that the file STATUS contains (200 if there is none);
"silent": not at all. Ends with its parent.
"""
import http.server
import os
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status = "200"
        if os.path.exists(sys.argv[2]):
            with open(sys.argv[2], encoding="utf-8") as file:
                status = file.read().strip()
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            print(self.command, self.path, file=file)
        if status == "silent":
            self.rfile.read()  # until the client closes the connection
            return
        self.send_response(int(status))
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    parent = os.getppid()
    server.timeout = 0.2
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    while os.getppid() == parent:
        server.handle_request()


main()
