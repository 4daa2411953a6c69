"""Kills a command at random times, and starts it again until it is complete.

    killed.py SEED KILLS SECONDS COUNTS OUTPUT INPUT COMMAND...

If INPUT is not "-", the command receives it through a pipe. KILLS is the
maximum number of kills. SECONDS and COUNTS (of inject.c) are those of an
undisturbed run. Prints "STATUS PHASE...": the exit status of the last run (0 if
it was killed after its work was complete), and the phase of each killed run.
"""
import os
import random
import signal
import subprocess
import sys
import threading
import time

INJECT = os.environ["INJECT"]
CALLS = ["open", "read", "pread", "write", "fsync", "fdatasync", "ftruncate",
         "close", "rename", "unlink", "send", "recv", "poll"]


def read_counts(path):
    with open(path, encoding="ascii") as file:
        counts = dict(line.split() for line in file)
    return {name: int(counts[name]) for name in CALLS if int(counts[name])}


def size(path):
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return -1


def records(path):
    """Yields the type and the first row of each complete record."""
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at + 20 <= len(data):
        end = at + 20 + int(data[at + 11:at + 19]) + 1
        if end > len(data):
            return
        text = data[at + 20:end]
        if data[at + 9:at + 10] == b"R":
            text = text.split(b"\n", 1)[1]
        yield data[at + 9:at + 10], text.split(b" ")[0].split(b"-")[0]
        at = end


def phase(output):
    """Returns the phase in which a run was killed, as its files show it."""
    journal = output + ".journal"
    if size(journal) < 0:
        return "ended" if size(output) >= 0 else "started"
    if size(output) >= 0:
        return "renamed"
    found, open_rows = 0, set()
    for kind, row in records(journal):
        found += 1
        if kind == b"I":
            open_rows.add(row.split(b",")[0])
        elif kind == b"R":
            open_rows.discard(row)
    if found < 2:
        return "fetched" if found else "started"
    return "updating" if open_rows else "between-updates"


class Killer:
    def __init__(self, rng, seconds, counts, output, source, command):
        self.rng = rng
        self.seconds = seconds
        self.counts = counts
        self.output = output
        self.source = source
        self.command = command

    def feed(self, stream):
        """Writes the input in pieces of random size."""
        rng = random.Random(self.rng.random())
        with open(self.source, "rb") as file:
            try:
                while piece := file.read(rng.choice([1, 100, 1000, 1 << 20])):
                    os.write(stream, piece)
            except BrokenPipeError:
                pass
        os.close(stream)

    def start(self, extra):
        environment = dict(os.environ, **extra)
        if self.source == "-":
            return subprocess.Popen(self.command, env=environment)
        read, write = os.pipe()
        process = subprocess.Popen(self.command, env=environment, stdin=read)
        os.close(read)
        threading.Thread(target=self.feed, args=[write]).start()
        return process

    def at_time(self):
        """Kills it after a random time."""
        process = self.start({})
        time.sleep(self.rng.random() ** 2 * self.seconds)
        process.kill()
        return process

    def at_size(self):
        """Kills it when the journal has grown by a random size."""
        journal = self.output + ".journal"
        wanted = max(size(journal), 0) + self.rng.choice([1, 1000, 5000, 20000])
        process = self.start({})
        while size(journal) < wanted and process.poll() is None:
            time.sleep(0.0003)
        process.kill()
        return process

    def at_call(self):
        """Kills it before a random call of the C library."""
        kind = self.rng.choice(list(self.counts))
        which = int(self.rng.random() ** 2 * self.counts[kind]) + 1
        return self.start({
            "LD_PRELOAD": INJECT, "INJECT_CALL": kind, "INJECT_TIMES": "kill",
            "INJECT_AT": str(which),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")
            + ":verify_asan_link_order=0"})

    def run(self, kills):
        """Returns the exit status of the last run, and the phases."""
        phases = []
        for _ in range(kills):
            how = self.rng.choice([self.at_time, self.at_size, self.at_call])
            status = how().wait()
            if status != -signal.SIGKILL:
                return status, phases
            phases.append(phase(self.output))
            if phases[-1] == "ended":
                return 0, phases
        return self.start({}).wait(), phases


def main():
    seed, kills, seconds, counts, output, source, *command = sys.argv[1:]
    killer = Killer(random.Random(int(seed)), float(seconds),
                    read_counts(counts), output, source, command)
    status, phases = killer.run(int(kills))
    print(status, *phases)


main()
