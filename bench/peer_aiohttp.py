"""peer_aiohttp.py URL INPUT.csv.gz OUTPUT.csv [TASKS]

The program that people write today, with asyncio and aiohttp: TASKS tasks (64)
on one session, each taking a row, fetching its user, merging and updating it.
One row a user; the results are written as they come.
"""

import asyncio
import csv
import sys

import aiohttp

from peer_merge import HEADERS, RESULT_HEADER, merge, read_rows


async def update_users(session, rows, results):
    """One task: takes rows from the common iterator until there are none."""
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
