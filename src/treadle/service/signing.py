"""Signed links: who holds one may answer one task, until it expires. They are single-use because tasks are."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from treadle.errors import Conflict, InvalidWorkflow
from treadle.service.vault.keys import read_keyring

_PURPOSE = b"treadle task link 1\0"
_PATH = "/t/"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says. `by` is whom it was made for; None: whoever has it. Aware UTC."""

    task_id: str
    by: str | None
    expires_at: datetime


class Signer:
    """Makes links with the first key and reads those of all. Nobody without a key can do either."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys

    def sign(self, link: Link) -> str:
        """The path under which the server answers: `/t/<token>`."""
        body = f"{link.task_id}\n{int(link.expires_at.timestamp())}\n{link.by or ''}".encode()
        return f"{_PATH}{_encode(body)}.{_encode(_digest(self._keys[0], body))}"

    def read(self, text: str, *, now: datetime) -> Link:
        """What the link at the end of `text` (a token, a path or a whole address) says.

        Raises `InvalidWorkflow` (`invalid_link`) when it was not made with this key or has been changed, `Conflict`
        (`link_expired`).
        """
        body, _, digest = text.rpartition("/")[2].partition(".")
        content = _decode(body)
        given = _decode(digest) or b""
        if content is None or not any([hmac.compare_digest(_digest(key, content), given) for key in self._keys]):
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


def looks_like_link(text: str) -> bool:
    """Whether `text` is meant as a link, not as the id of a task."""
    return "/" in text or "." in text


def read_signer(store: Path, environment: Mapping[str, str] | None = None) -> Signer:
    """The signer of an installation. Raises as `read_keyring`."""
    return Signer(*(key.content for key in read_keyring(store, environment)))


def read_key(store: Path, environment: Mapping[str, str] | None = None) -> bytes:
    """The key that what is new is signed with. Raises as `read_keyring`."""
    return read_keyring(store, environment).first.content


def _digest(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + body, hashlib.sha256)


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _decode(text: str) -> bytes | None:
    """None for what `_encode` never writes, also where only bits differ that decoding drops."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if _encode(content) == text else None
