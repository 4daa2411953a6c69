"""peer_requests.py URL INPUT.csv.gz OUTPUT.csv [THREADS]

The program that people write today, with requests. Each of THREADS threads (16)
has its own session. It takes a row, fetches its user, merges the row and updates
the user. A user has one row; results are written as they arrive.
"""

import csv
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from peer_merge import HEADERS, RESULT_HEADER, merge, read_rows


def update_users(url, rows, results, lock):
    """One thread: takes rows from the shared iterator until none are left."""
    with requests.Session() as session:
        session.headers.update(HEADERS)
        while True:
            with lock:
                number, row = next(rows, (None, None))
            if row is None:
                return
            response = session.post(
                url + "/CustomerManagement/v13/User/Query",
                json={"UserId": row["Id"]},
                timeout=60,
            )
            response.raise_for_status()
            user = response.json()["User"]
            merge(user, row)
            response = session.put(
                url + "/CustomerManagement/v13/User",
                json={"User": user},
                timeout=60,
            )
            response.raise_for_status()
            time = response.json()["LastModifiedTime"]
            with lock:
                results.writerow([number, row["Id"], "Updated", time])


def main(url, source, target, threads=16):
    """Runs the threads over the rows of a file."""
    threads = int(threads)
    rows = read_rows(source)
    lock = threading.Lock()
    with open(target, "w", encoding="utf-8", newline="") as file:
        results = csv.writer(file)
        results.writerow(RESULT_HEADER)
        with ThreadPoolExecutor(threads) as pool:
            jobs = [
                pool.submit(update_users, url, rows, results, lock)
                for _ in range(threads)
            ]
        for job in jobs:
            job.result()


if __name__ == "__main__":
    main(*sys.argv[1:])
