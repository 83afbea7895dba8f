"""The command: measure the groups that are asked for, print a table or a JSON list."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

from rich.console import Console

from benchmarks.row import Row, table

GROUPS = (
    "engine",
    "expressions",
    "indicators",
    "start",
    "replay",
    "waiting",
    "versions",
    "schedules",
    "service",
    "editor",
    "trading",
    "backtest",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when every row is as it must be, else 1 (with `--json` always 0: the reader judges)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what Treadle costs.")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"of {', '.join(GROUPS)}; default: all")
    parser.add_argument("--json", action="store_true", help="print the rows as a JSON list and nothing else")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full amount of work (default 1)")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.groups if name not in GROUPS]
    if unknown:
        parser.error(f"there is no group {', '.join(unknown)}; choose from {', '.join(GROUPS)}")
    rows = [row for name in asked.groups or GROUPS for row in _group(name)(asked.scale)]
    if asked.json:
        print(json.dumps([row.to_dict() for row in rows], indent=2))
        return 0
    Console(width=None if sys.stdout.isatty() else 160).print(table(rows))
    return 1 if any(row.holds is False for row in rows) else 0


def _group(name: str) -> Callable[[float], Iterator[Row]]:
    return import_module(f"benchmarks.{name}").measure


if __name__ == "__main__":
    sys.exit(main())
