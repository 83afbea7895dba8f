"""Secrets by name, from the environment: `secrets.stripe_key` is `TREADLE_SECRET_STRIPE_KEY`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

_PREFIX = "TREADLE_SECRET_"


class EnvironmentSecrets(Mapping[str, str]):
    """Reads at the time of asking; nothing is copied."""

    def __getitem__(self, name: str) -> str:
        return os.environ[_PREFIX + name.upper()]

    def __iter__(self) -> Iterator[str]:
        return (name.removeprefix(_PREFIX).lower() for name in os.environ if name.startswith(_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)
