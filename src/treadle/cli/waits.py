"""What a run waits for from outside, in words: each with the command that lets it go on."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator

from rich.markup import escape

from treadle.cli.tasks import SHOWN_ID
from treadle.model.nearest import listed
from treadle.service.query import NodeWait


def tell_waits(run_id: str, waits: Iterable[NodeWait]) -> Iterator[str]:
    """A line for each node that waits for a signal, a person or another run; those that wait for a time need none."""
    for wait in waits:
        match wait.kind:
            case "signal":
                about = f" about {json.dumps(wait.key, ensure_ascii=False)}" if wait.key else ""
                send = f"treadle signal {run_id} {shlex.quote(wait.names[0])}"
                yield escape(f"`{wait.node}` waits for the signal {listed(wait.names)}{about}: {send}")
            case "task":
                yield escape(f"`{wait.node}` waits for a person: treadle approve {(wait.id or '')[:SHOWN_ID]}")
            case "answered":
                yield escape(f"`{wait.node}` has been answered, and is due.")
            case "run":
                yield escape(f"`{wait.node}` waits for another run: treadle status {wait.id}")
            case _:
                pass
