"""By which names what an effect asks of others goes: derived from where it stands, so the same for every attempt."""

from __future__ import annotations

import hashlib
from collections import Counter

from treadle.model.ids import node_path


def idempotency_key(run_id: str, scope: str, node: str, generation: int = 0) -> str:
    """32 hex digits derived from where the effect stands: the same for every attempt at the same work. What a move to
    another version made other work has another one."""
    place = f"{run_id}\0{scope}\0{node}" + (f"\0{generation}" if generation else "")
    return _digest(place)


def all_of(run_id: str, scope: str, node: str, generation: int = 0) -> str:
    """All that an effect may have asked for from outside, whatever it was, as `Batch.abandons` names it."""
    return f"all:{idempotency_key(run_id, scope, node, generation)}:{node_path(scope, node)}"


class Calls:
    """Numbers what one attempt asks for. The n-th call of its kind goes by the same name in every attempt and is given
    the same answer; the first goes by the node's `token` itself."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._counts: Counter[str] = Counter()

    def start_over(self) -> None:
        """The function is about to be called anew."""
        self._counts.clear()

    def next_token(self, kind: str, *, within: str = "") -> str:
        """The token of the next call of `kind`; `within`: a part of it, such as an attempt, that has calls of its
        own."""
        number = self._counts[kind]
        self._counts[kind] += 1
        return f"{self._token}{within}" + (f"/{number}" if number else "")

    def next_id(self, kind: str) -> str:
        """An id for what the next call of `kind` makes: people write it, so it is all letters and digits."""
        token = self.next_token(kind)
        return token if token == self._token else _digest(token)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
