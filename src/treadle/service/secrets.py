"""Secrets by name: `secrets.stripe_key` is `TREADLE_SECRET_STRIPE_KEY` of the environment, else that of the vault."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from treadle.service.vault.vault import Vault

_PREFIX = "TREADLE_SECRET_"


class EnvironmentSecrets(Mapping[str, str]):
    """Reads at the time of asking; nothing is copied."""

    def __getitem__(self, name: str) -> str:
        return os.environ[_PREFIX + name.upper()]

    def __iter__(self) -> Iterator[str]:
        return (name.removeprefix(_PREFIX).lower() for name in os.environ if name.startswith(_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class KnownSecrets(Mapping[str, str]):
    """The environment counts before the vault: what whoever runs the process gives, nobody changes over the API."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self._environment = EnvironmentSecrets()

    def __getitem__(self, name: str) -> str:
        try:
            return self._environment[name]
        except KeyError:
            return self.vault.secrets[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self._environment), **dict.fromkeys(self.vault.secrets)})

    def __len__(self) -> int:
        return sum(1 for _ in self)
