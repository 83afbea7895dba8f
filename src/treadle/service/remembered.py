"""What this process knows already and need not look up again."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 1024
"""Beyond that the oldest is forgotten, and looked up again."""


class Remembered(dict[Key, Value]):
    def remember(self, key: Key, value: Value) -> None:
        self[key] = value
        if len(self) > _MOST:
            del self[next(iter(self))]
