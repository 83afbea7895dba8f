"""The vault's lock: of all processes that have a store open, one at a time puts values under keys.

It is on a file beside the keys, held by the system: whoever dies lets go of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator
from pathlib import Path

from treadle.errors import Conflict, StoreError
from treadle.store.file_lock import take_lock

PATIENCE = 30.0
"""Seconds: what is done under the lock takes a fraction of one."""
_PAUSE = 0.02


@contextlib.asynccontextmanager
async def locked(path: Path, *, patience: float = PATIENCE) -> AsyncGenerator[None]:
    """Alone with the vault as long as it is entered. Raises `Conflict` (`vault_busy`), `StoreError` (`io_error`)."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"`{path}` cannot be written: {error.strerror or error}.",
            code="io_error",
            remedy="Let this user write there; nothing was changed.",
        ) from error
    try:
        async with asyncio.timeout(patience):
            while not take_lock(descriptor):
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        os.close(descriptor)
        raise Conflict(
            "Another process has been changing the vault for long.",
            code="vault_busy",
            remedy="Try again; should it go on, look for a process on this store that hangs.",
        ) from None
    except BaseException:
        os.close(descriptor)
        raise
    try:
        yield
    finally:
        os.close(descriptor)
