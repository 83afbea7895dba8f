"""Keys: what credentials are sealed and links are signed with, from the environment or a file beside the store."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from treadle.errors import InvalidWorkflow, StoreError

KEY_VARIABLE = "TREADLE_KEY"
"""The environment variable that holds the keys where several machines share them: with commas between, newest first."""
_SHORTEST = 16


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """`id` tells keys apart and says nothing about them."""

    id: str
    content: bytes

    @classmethod
    def of(cls, text: str) -> Key:
        content = text.encode()
        return cls(hashlib.sha256(b"treadle key id 1\0" + content).hexdigest()[:16], content)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose (HKDF): what is learned of them says nothing of those for another."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, salt=b"treadle", info=purpose.encode()).derive(self.content)


@dataclass(frozen=True, slots=True, repr=False)
class Keyring:
    """`keys`: the first seals and signs, all open and are believed. `where` they stand; `path` is None for those of
    the environment."""

    keys: Sequence[Key]
    where: str
    path: Path | None = None

    def __iter__(self) -> Iterator[Key]:
        return iter(self.keys)

    @property
    def first(self) -> Key:
        return self.keys[0]

    def find(self, key_id: str) -> Key | None:
        return next((key for key in self.keys if key.id == key_id), None)


def read_keyring(store: Path, environment: Mapping[str, str] | None = None) -> Keyring:
    """The keys of the environment (`TREADLE_KEY`), else those of the file beside the store, which is made at first use
    and which only its owner may read.

    Raises `InvalidWorkflow` (`weak_key`), `StoreError` (`no_signing_key`) when the file can be neither read nor made.
    """
    given = (os.environ if environment is None else environment).get(KEY_VARIABLE)
    if given is not None:
        return Keyring(_checked(given.split(","), f"`{KEY_VARIABLE}`"), f"`{KEY_VARIABLE}`")
    path = key_path(store)
    try:
        if not path.exists():
            _make(path)
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"The file of the keys, `{path}`, can be neither read nor made: {error}.",
            code="no_signing_key",
            remedy=f"Let this user write there, or set {KEY_VARIABLE}.",
        ) from error
    return Keyring(_checked([line for line in lines if line.strip()] or [""], f"`{path}`"), f"`{path}`", path)


def key_path(store: Path) -> Path:
    return store.with_name(f"{store.name}.key")


def new_key() -> Key:
    return Key.of(secrets.token_hex(32))


def write_keys(path: Path, keys: Sequence[Key]) -> None:
    """Write the file anew, whole or not at all; only its owner may read it."""
    with _draft(path, keys) as draft:
        draft.replace(path)


def _make(path: Path) -> None:
    """Whole or not at all, and once: of two processes that make it, one wins and both read what it wrote."""
    with _draft(path, [new_key()]) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, path)


@contextlib.contextmanager
def _draft(path: Path, keys: Sequence[Key]) -> Generator[Path]:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("".join(f"{key.content.decode()}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        yield draft
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Some systems keep a name only once its folder has been written; others do not let a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _checked(texts: Sequence[str], where: str) -> list[Key]:
    keys: list[Key] = []
    for text in texts:
        bare = text.strip()
        if len(bare) < _SHORTEST:
            raise InvalidWorkflow(
                f"The key in {where} has {len(bare)} characters; links could be forged with it, and secrets read.",
                code="weak_key",
                remedy="Use at least 16 random characters: `openssl rand -hex 32` prints some.",
            )
        key = Key.of(bare)
        if key not in keys:
            keys.append(key)
    return keys
