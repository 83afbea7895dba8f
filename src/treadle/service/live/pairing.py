"""Pairing: what the dispatcher says and what the store keeps of the same thing is told once."""

from __future__ import annotations

from collections import OrderedDict, deque

Key = tuple[str, str, str]
"""A run, the path of a node or '', the type of an event."""

_REMEMBERED = 10_000


class Pairing:
    """Either may come first: a node has started once that is kept, and a run that is kept only when it fails is kept
    long after its nodes have come to something."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, int] = OrderedDict()
        """How many have been told as kept, and not heard of."""
        self._heard: OrderedDict[Key, deque[int]] = OrderedDict()
        """The numbers of those that have been told as they were heard, and not kept so far."""

    def keep(self, key: Key) -> int:
        """It is told as kept: the number under which it was told before; 0: it was not."""
        numbers = self._heard.get(key)
        if numbers:
            number = numbers.popleft()
            if not numbers:
                del self._heard[key]
            return number
        self._kept[key] = self._kept.pop(key, 0) + 1
        _forget(self._kept)
        return 0

    def hear(self, key: Key, number: int) -> bool:
        """The dispatcher says it: whether it is to be told, under `number`; not where it has been as kept."""
        kept = self._kept.pop(key, 0)
        if kept:
            if kept > 1:
                self._kept[key] = kept - 1
            return False
        numbers = self._heard.setdefault(key, deque(maxlen=_REMEMBERED))
        numbers.append(number)
        self._heard.move_to_end(key)
        _forget(self._heard)
        return True


def _forget(known: OrderedDict[Key, int] | OrderedDict[Key, deque[int]]) -> None:
    if len(known) > _REMEMBERED:
        known.popitem(last=False)
