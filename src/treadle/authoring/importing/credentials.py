"""Credentials in a document: they leave it for a profile, and are in no file and no report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from treadle.authoring.importing.ledger import Ledger, leaves
from treadle.authoring.sensitive import is_address, is_secret_address, names_credential
from treadle.authoring.tree import Path, snake_case

_KNOWN_FIELDS = {"key": "api_key", "secret_key": "secret", "api_secret": "secret", "passphrase": "password"}
"""Names of fields that venues are opened with, where a document calls them otherwise."""


@dataclass(frozen=True, slots=True)
class FoundProfile:
    """Credentials that were in a document. `fields` are never shown."""

    name: str
    provider: str | None
    fields: Mapping[str, str] = field(repr=False)


def is_credential(key: str, value: Any) -> bool:
    """Whether a field holds what nobody else is to see: by its name, or as an address that is a secret itself."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return False
    if isinstance(value, str):
        if "{{" in value:
            return False
        if is_address(value):
            return is_secret_address(value)
    return names_credential(key)


def find_credentials(ledger: Ledger, at: Path = ()) -> list[Path]:
    """Where what is left of a document below `at` holds credentials."""
    return [
        path
        for left, value in ledger.left(at)
        for path, leaf in leaves(value, left)
        if any(is_credential(part, leaf) for part in path if isinstance(part, str))
    ]


def field_name(path: Path) -> str:
    """What a profile calls what stands there."""
    name = re.sub(r"[^a-z0-9]+", "_", snake_case(_name(path)).lower()).strip("_") or "value"
    return _KNOWN_FIELDS.get(name, name)


def seal(ledger: Ledger, paths: list[Path], profile: str, provider: str | None) -> FoundProfile:
    """The profile of what stands at these places, which the ledger now knows as credentials."""
    fields: dict[str, str] = {}
    for path in paths:
        base = name = field_name(path)
        number = 1
        while name in fields:
            number += 1
            name = f"{base}_{number}"
        value = ledger.at(path)
        fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
        ledger.seal(path, f"profile {profile}, field {name}")
    return FoundProfile(profile, provider, fields)


def _name(path: Path) -> str:
    """The last part that is a name: an item of a list goes by the list's."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
