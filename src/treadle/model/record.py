"""A record: what is known of a dealing with the outside, kept for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

TURN = "turn"
"""The kind of the records that count turns; the key is the name."""
OVERTAKEN = "overtaken"


class Turn(NamedTuple):
    """Turns of one `name` are taken one after another, over all processes. `number` is how many had been taken when
    somebody looked: what is written in a turn is written only where nobody has taken one since."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """`kind` and `key` tell it from all others: whoever writes it again means the same. `owner` is who wrote it first
    (`deployment:<id>`, `workflow:<name>`), `at` when, and `serial` puts all in the order in which they were first
    written. `group` is what it belongs to, such as an account, `is_open` says that something is still to become of it.

    `test` is the run that alone sees it, a test; empty: it is real.
    """

    kind: str
    key: str
    value: Mapping[str, Any] = field(default_factory=dict[str, Any])
    owner: str = ""
    group: str = ""
    is_open: bool = False
    test: str = ""
    at: datetime | None = None
    serial: int = 0


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which records are meant. `after` is a key: those first written after that one (of a key that is not there, all);
    `since` a time: those first written then or later; `newest` how many of the last."""

    kind: str
    owner: str | None = None
    group: str | None = None
    test: str = ""
    open_only: bool = False
    after: str | None = None
    since: datetime | None = None
    newest: int | None = None
