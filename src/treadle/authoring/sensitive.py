"""What looks like a credential: the names that fields of one have, and addresses that are secrets themselves."""

from __future__ import annotations

import re

from treadle.authoring.tree import snake_case

_NAME = re.compile(
    r"(^|_)(authorization|api_?key|x_api_key|token|secret|password|passwd|passphrase|cookie|credentials?|mnemonic"
    r"|private_?key|access_?key|secret_?key|api_?secret|seed_phrase|connection_?string)s?$"
)
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_USER = re.compile(r"^[a-z][a-z0-9+.-]*://[^/?#]*@", re.IGNORECASE)
_LONG_PART = re.compile(r"[A-Za-z0-9_-]{20,}")


def names_credential(key: str) -> bool:
    """Whether a field called so holds a credential: `apiKey`, `X-Api-Key`, `bot_token`."""
    return _NAME.search(snake_case(key).lower()) is not None


def is_address(text: str) -> bool:
    return _URL.match(text) is not None


def is_secret_address(text: str) -> bool:
    """An address with a user in it, or with a part that looks drawn by lot: who knows it may use it."""
    if not is_address(text):
        return False
    if _USER.match(text):
        return True
    rest = text.partition("://")[2].partition("/")[2]
    return any(
        any(one.isdigit() for one in part) and any(one.isalpha() for one in part) for part in _LONG_PART.findall(rest)
    )
