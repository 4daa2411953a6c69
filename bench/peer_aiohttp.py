"""peer_aiohttp.py URL INPUT.csv.gz OUTPUT.csv [TASKS]

The program that people write today, with asyncio and aiohttp. TASKS tasks (64)
share one session. Each task takes a row, fetches its user, merges the row and
updates the user. A user has one row; results are written as they arrive.
"""

import asyncio
import csv
import sys

import aiohttp

from peer_merge import HEADERS, RESULT_HEADER, merge, read_rows


async def update_users(session, rows, results):
    """One task: takes rows from the shared iterator until none are left."""
    for number, row in rows:
        async with session.post(
            "/CustomerManagement/v13/User/Query", json={"UserId": row["Id"]}
        ) as response:
            response.raise_for_status()
            user = (await response.json())["User"]
        merge(user, row)
        async with session.put(
            "/CustomerManagement/v13/User", json={"User": user}
        ) as response:
            response.raise_for_status()
            time = (await response.json())["LastModifiedTime"]
        results.writerow([number, row["Id"], "Updated", time])


async def main(url, source, target, tasks=64):
    """Runs the tasks over the rows of a file."""
    tasks = int(tasks)
    rows = read_rows(source)
    connector = aiohttp.TCPConnector(limit=tasks)
    with open(target, "w", encoding="utf-8", newline="") as file:
        results = csv.writer(file)
        results.writerow(RESULT_HEADER)
        async with aiohttp.ClientSession(
            url, headers=HEADERS, connector=connector
        ) as session:
            await asyncio.gather(
                *(update_users(session, rows, results) for _ in range(tasks))
            )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
