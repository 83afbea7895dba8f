"""Time and ids drawn by expressions: fixed by the node's place and first start, so that a replay sees the same."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_OID, uuid5

from treadle.engine.history import Place


class NodeDraws:
    """`now` is when the node first started; the n-th `uuid` follows from the run, the place and n, and from how often
    the node has started over as other work."""

    def __init__(self, run_id: str, place: Place, at: datetime, *, generation: int = 0) -> None:
        self.at = at
        self._seed = f"{run_id}/{place[0]}/{place[1]}" + (f"~{generation}" if generation else "")
        self._drawn = 0

    def now(self) -> datetime:
        return self.at

    def uuid(self) -> str:
        self._drawn += 1
        return str(uuid5(NAMESPACE_OID, f"{self._seed}/{self._drawn}"))
