"""`python -m config.supervisor`: reads the command line, refuses or runs."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

from config.embedded import EmbeddedError
from config.supervisor.place import PROJECT, StartRefusedError, require_free, take
from config.supervisor.run import Supervisor, say


def main(arguments: list[str] | None = None) -> int:
    """Run Kenshu and give the exit code: 0 stopped as asked, 1 refused or failed."""
    parser = argparse.ArgumentParser(
        prog="python -m config.supervisor",
        description="Runs the web server, the worker, the clock and their broker.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the web server")
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "var", help="where the data are kept"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show the output of every part"
    )
    parser.add_argument(
        "--once", action="store_true", help="prepare, write the demo data, stop"
    )
    parser.add_argument(
        "--reset", action="store_true", help="delete the data folder and end"
    )
    chosen = parser.parse_args(arguments)
    if not 0 < chosen.port < 65536:
        parser.error(f"{chosen.port} is not a port; it lies between 1 and 65535.")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal without our quotation marks still shows the rest.
            stream.reconfigure(errors="replace")
    folder = chosen.folder.resolve()
    if chosen.reset and not folder.exists():
        say(f"There are no data in {folder} yet.")
        return 0
    try:
        place = take(folder, new=not chosen.reset)
        if chosen.reset:
            place.remove()
            say(f"The data in {place.folder} are deleted.")
            return 0
        require_free(chosen.port)
        place.write(chosen.port)
        supervisor = Supervisor(place, chosen.port, verbose=chosen.verbose)
        return supervisor.run(once=chosen.once)
    except (StartRefusedError, EmbeddedError) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
