"""Ids are types, so that a run's id is never passed where a node's is meant."""

from __future__ import annotations

import hashlib
import random
import time
from datetime import datetime
from typing import NewType

RunId = NewType("RunId", str)
NodeId = NewType("NodeId", str)
ScopePath = NewType("ScopePath", str)
"""Where in the containers a node stands: '' for the workflow itself, 'each[2]/inner[0]' inside."""

ROOT_SCOPE = ScopePath("")

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_run_id() -> RunId:
    """A fresh run id: `r` and 20 characters (48 bits of milliseconds, 52 random), sorting by time.

    An id is a name, not a secret: it opens nothing.
    """
    return _run_id(time.time_ns() // 1_000_000, random.getrandbits(52))


def run_id_for(at: datetime, seed: str) -> RunId:
    """The one id of the run that `seed` (a deployment) is to have at the aware time `at`: whoever works it out,
    in whatever process, comes to the same, so that a second run of the same fire time is refused as a conflict."""
    micros = round(at.timestamp() * 1_000_000)
    digest = hashlib.sha256(f"{seed}\n{micros}".encode()).digest()
    # The microseconds before the rest: ids of one seed sort by their time, also within a millisecond.
    return _run_id(micros // 1000, (micros % 1000) << 42 | int.from_bytes(digest[:8]) >> 22)


def first_id_at(at: datetime) -> RunId:
    """The least id that a run of the aware time `at`, to the millisecond, may have; ids before it are older."""
    return _run_id(max(0, -(-round(at.timestamp() * 1_000_000) // 1000)), 0)


def _run_id(milliseconds: int, rest: int) -> RunId:
    number = (milliseconds << 52) | rest
    digits: list[str] = []
    for _ in range(20):
        digits.append(_ALPHABET[number & 31])
        number >>= 5
    return RunId("r" + "".join(reversed(digits)))


def node_path(scope: str, node: str) -> str:
    """How people and results name a node inside containers: `each[2]/send`."""
    return f"{scope}/{node}" if scope else node
