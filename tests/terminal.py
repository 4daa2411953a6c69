"""Answers the question of a program at a terminal.

    terminal.py BEFORE ANSWER COMMAND...

Runs the command with a terminal as standard input and standard error. BEFORE is
typed before it starts; when it asks, ANSWER is typed ("": end of file). Prints
what it wrote to the terminal, and ends with its exit status.
"""
import os
import pty
import subprocess
import sys

QUESTION = b"to continue: "


def main():
    before, answer, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    master, slave = pty.openpty()
    os.write(master, before.encode())
    with subprocess.Popen(command, stdin=slave, stderr=slave) as program:
        os.close(slave)
        shown = b""
        asked = False
        while True:
            try:
                data = os.read(master, 4096)
            except OSError:  # nobody has the terminal open any more
                break
            shown += data
            if QUESTION in shown and not asked:
                asked = True
                os.write(master, (answer + "\n").encode() if answer else b"\4")
        sys.stdout.write(shown.decode().replace("\r\n", "\n"))
        sys.exit(program.wait())


main()
