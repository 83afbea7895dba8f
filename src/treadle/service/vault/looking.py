"""Whether what is sealed in a store can be opened here: looked at from outside, and nothing changed or made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from treadle.errors import TreadleError
from treadle.service.vault.keys import KEY_VARIABLE, key_path, read_keyring
from treadle.service.vault.sealing import find_content
from treadle.service.vault.vault import describe
from treadle.store.credentials import ANCHOR
from treadle.store.database import connect


@dataclass(frozen=True, slots=True)
class Look:
    """How many values are sealed; those that cannot be opened, why not, and what to do."""

    sealed: int
    closed: Sequence[str] = ()
    why: str = ""
    remedy: str = ""


def look_at_vault(store: Path) -> Look:
    """Raises `sqlite3.Error` for what is no store of ours."""
    connection = connect(store, query_only=True)
    try:
        rows = connection.execute("SELECT profile, field, key_id, sealed FROM credentials ORDER BY profile, field")
        found: list[tuple[str, str, str, bytes]] = [(str(p), str(f), str(k), bytes(s)) for p, f, k, s in rows]
    finally:
        connection.close()
    fields = [row for row in found if row[:2] != ANCHOR]
    names = [describe(profile, field) for profile, field, _, _ in fields]
    path = key_path(store)
    put_back = f"Put the key that belongs to this store back at `{path}`, or into `{KEY_VARIABLE}`."
    if KEY_VARIABLE not in os.environ and not path.exists():
        return Look(len(fields), names, "the key is missing", put_back) if fields else Look(0)
    try:
        keyring = read_keyring(store)
    except TreadleError as error:
        return Look(len(fields), names, error.message.rstrip("."), error.remedy or put_back)
    opened: dict[tuple[str, str], bytes | None] = {}
    for profile, field, key_id, sealed in found:  # the anchor, which names the store, comes first
        key, store_id = keyring.find(key_id), b"" if (profile, field) == ANCHOR else opened.get(ANCHOR)
        opened[profile, field] = None
        if key is not None and store_id is not None:
            opened[profile, field] = find_content(key, store_id, profile, field, sealed)
    closed = [describe(profile, field) for profile, field, _, _ in fields if opened[profile, field] is None]
    return Look(len(fields), closed, f"the key in {keyring.where} is another one, or they are damaged", put_back)
