"""People who look at pages over loopback: how long each answer takes.

    python -m bench.readers PORT SECONDS THINK < jobs

One line of input is a reader: session key, a space, and the path they look at again and
again. Each thinks for THINK seconds on the average between two looks, as unevenly as
people do. Writes the milliseconds of every answer as one line of JSON.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from http import HTTPStatus


def look(port: int, session: str, path: str, until: float, think: float) -> list[float]:
    """Look until it is over; the milliseconds until the last byte of each answer."""
    chance = random.Random(session)  # noqa: S311 - nothing is kept secret by it
    took = []
    # Not all at once.
    time.sleep(chance.random() * max(think, 0.1))
    while time.monotonic() < until:
        began = time.perf_counter()
        # A new one each time: who thinks for seconds finds the old one closed.
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        link.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        answer = link.getresponse()
        body = answer.read()
        took.append((time.perf_counter() - began) * 1000)
        link.close()
        if answer.status != HTTPStatus.OK or not body:
            # Fewer looks than readers end the program below.
            sys.stderr.write(f"{path} answered {answer.status}\n")
            return []
        if think:
            time.sleep(chance.expovariate(1 / think))
    return took


def main() -> int:
    """All readers at once, each in a thread of its own."""
    port, seconds, think = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    jobs = [line.split(" ", 1) for line in sys.stdin.read().splitlines()]
    until = time.monotonic() + seconds
    found: list[list[float]] = [[] for _each in jobs]

    def one(place: int) -> None:
        session, path = jobs[place]
        found[place] = look(port, session, path, until, think)

    threads = [threading.Thread(target=one, args=[place]) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps([ms for each in found for ms in each]) + "\n")
    return int(not all(found))


if __name__ == "__main__":
    sys.exit(main())
