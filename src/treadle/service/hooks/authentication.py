"""Whether a request to a webhook is from who may send it. Whatever is wrong, the answer is one and the same."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from treadle.errors import Unauthenticated

_LONGEST_ID = 256
_PREFIX = "whsec_"
_MOST_SIGNATURES = 16


REASONS = {
    "secret_not_set": "The secret of the trigger is not set here, or cannot be opened.",
    "wrong_or_missing": "It brings no token or password, or a wrong one.",
    "no_signature_headers": "`webhook-id` or `webhook-timestamp` is missing, or no such thing.",
    "secret_lacks_whsec": "The sender decodes the secret as base64: store it here with `whsec_` before it.",
    "wrong_signature": "It is not signed, with another secret, or its body was changed on the way.",
    "too_old_or_clock_wrong": "Its time is further away than `tolerance`: sent late, or a clock is wrong.",
}
"""What each reason means."""


class Refused(Unauthenticated):
    """What the sender hears is always the same. `reason` is for whoever runs the server alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "The request does not show that it may be sent.",
            code="not_authenticated",
            remedy="Check the secret, the signature and the clock of the sender.",
        )
        self.reason = reason


def is_of_body(config: Mapping[str, Any]) -> bool:
    """Whether it takes the body to tell who sent a request; else its headers say."""
    return config.get("auth", "none") in ("signature", "github")


def require_sender(
    config: Mapping[str, Any], secret: str | None, *, headers: Mapping[str, str], raw: bytes, now: datetime
) -> str | None:
    """The id under which the request was signed, if it was: it counts once. Raises `Refused`."""
    kind: str = config.get("auth", "none")
    if kind == "none":
        return None
    if not secret:
        raise Refused("secret_not_set")
    if kind == "signature":
        return _standard(secret, headers, raw, now=now.timestamp(), tolerance=config.get("tolerance", 300.0))
    known = (
        _has_token(secret, headers)
        if kind == "token"
        else _has_password(str(config.get("user") or ""), secret, headers)
        if kind == "basic"
        else kind == "github" and _is_signed_body(secret, headers, raw)
    )
    if not known:
        raise Refused("wrong_or_missing" if kind in ("token", "basic") else "wrong_signature")
    return None


def _has_token(secret: str, headers: Mapping[str, str]) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        given = headers.get("x-token", "")
    return _same(given.strip(), secret)


def _has_password(user: str, secret: str, headers: Mapping[str, str]) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    try:
        name, colon, password = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return False
    # Both are compared whatever the first says: how long it takes tells nothing of either.
    fits = [_same(name, user), _same(password, secret)]
    return scheme.lower() == "basic" and bool(colon) and all(fits)


def _is_signed_body(secret: str, headers: Mapping[str, str], raw: bytes) -> bool:
    scheme, _, given = headers.get("x-hub-signature-256", "").partition("=")
    return scheme == "sha256" and _same(given.strip(), hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest())


def _standard(secret: str, headers: Mapping[str, str], raw: bytes, *, now: float, tolerance: float) -> str:
    """Standard Webhooks: HMAC-SHA256 over id, time and body, one of several signatures in `webhook-signature`."""
    name, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not name or len(name) > _LONGEST_ID or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise Refused("no_signature_headers")
    content = f"{name}.{at}.".encode() + raw
    given = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
    if not _is_signed(_key(secret), content, given):
        forgotten = not secret.startswith(_PREFIX) and _is_signed(_key(_PREFIX + secret), content, given)
        raise Refused("secret_lacks_whsec" if forgotten else "wrong_signature")
    if abs(now - int(at)) > tolerance:
        raise Refused("too_old_or_clock_wrong")
    return name


def _is_signed(key: bytes, content: bytes, given: Sequence[str]) -> bool:
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return any([_same(one, f"v1,{expected}") for one in given])


def _key(secret: str) -> bytes:
    """`whsec_` and base64, as senders show it; anything else is the key itself."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def _same(given: str, wanted: str) -> bool:
    # Compared as digests: text beyond ASCII may be sent, and lengths tell nothing.
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(wanted.encode()).digest())
