"""Signed links: who holds one may answer one task, until it expires. They are single-use because tasks are."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from treadle.errors import Conflict, InvalidWorkflow, StoreError

KEY_VARIABLE = "TREADLE_KEY"
"""The environment variable that holds the key where several machines are to know each other's links."""
_SHORTEST = 16
_PURPOSE = b"treadle task link 1\0"
_PATH = "/t/"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says. `by` is whom it was made for; None: whoever has it. Aware UTC."""

    task_id: str
    by: str | None
    expires_at: datetime


class Signer:
    """Makes links and reads them. Nobody without the key can do either."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, link: Link) -> str:
        """The path under which the server answers: `/t/<token>`."""
        body = f"{link.task_id}\n{int(link.expires_at.timestamp())}\n{link.by or ''}".encode()
        return f"{_PATH}{_encode(body)}.{_encode(self._digest(body))}"

    def read(self, text: str, *, now: datetime) -> Link:
        """What the link at the end of `text` (a token, a path or a whole address) says.

        Raises `InvalidWorkflow` (`invalid_link`) when it was not made with this key or has been changed, `Conflict`
        (`link_expired`).
        """
        body, _, digest = text.rpartition("/")[2].partition(".")
        content = _decode(body)
        if content is None or not hmac.compare_digest(self._digest(content), _decode(digest) or b""):
            raise InvalidWorkflow(
                "The link was not made by this installation, or it has been changed.",
                code="invalid_link",
                remedy="Copy the whole link again; `treadle tasks` prints it.",
            )
        task_id, expires, by = content.decode().split("\n", 2)
        link = Link(task_id, by or None, datetime.fromtimestamp(int(expires), UTC))
        if link.expires_at <= now:
            raise Conflict(
                f"The link expired at {link.expires_at.isoformat()}.",
                code="link_expired",
                remedy="If the task is still open, `treadle tasks` prints a new one.",
                task=task_id,
            )
        return link

    def _digest(self, body: bytes) -> bytes:
        return hmac.digest(self._key, _PURPOSE + body, hashlib.sha256)


def looks_like_link(text: str) -> bool:
    """Whether `text` is meant as a link, not as the id of a task."""
    return "/" in text or "." in text


def read_key(store: Path, environment: Mapping[str, str] | None = None) -> bytes:
    """The key in the environment (`TREADLE_KEY`), else that in the file beside the store, which is made at first use
    and which only its owner may read.

    Raises `InvalidWorkflow` (`weak_key`), `StoreError` (`no_signing_key`) when the file can be neither read nor made.
    """
    given = (os.environ if environment is None else environment).get(KEY_VARIABLE)
    if given is not None:
        return _checked(given.strip(), f"`{KEY_VARIABLE}`")
    path = store.with_name(f"{store.name}.key")
    try:
        if not path.exists():
            _make(path)
        return _checked(path.read_text(encoding="utf-8").strip(), f"`{path}`")
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            f"The key that links are signed with, `{path}`, can be neither read nor made: {error}.",
            code="no_signing_key",
            remedy=f"Let this user write there, or set {KEY_VARIABLE}.",
        ) from error


def _make(path: Path) -> None:
    """Whole or not at all, and once: of two processes that make it, one wins and both read what it wrote."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _checked(key: str, where: str) -> bytes:
    if len(key) < _SHORTEST:
        raise InvalidWorkflow(
            f"The key in {where} has {len(key)} characters; links signed with it could be forged.",
            code="weak_key",
            remedy="Use at least 16 random characters: `openssl rand -hex 32` prints some.",
        )
    return key.encode()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes | None:
    """None for what `_encode` never writes, also where only bits differ that decoding drops."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if _encode(content) == text else None
