"""Passwords: which will do, and whether one is right. Only argon2 hashes are kept."""

from __future__ import annotations

import asyncio
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

from treadle.errors import InvalidWorkflow

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 10, 200
_TIME_COST, _MEMORY_KIB, _LANES = 3, 65_536, 1
"""About 130 ms on one core of the machine that this was measured on."""
_AT_ONCE = 2
"""Each takes 64 MB while it is worked out: who asks for many at once waits."""
_COMMON = (
    "password", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "welcome", "administrator",
    "admin", "changeme", "secret", "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "batman",
    "dragon", "monkey", "master", "shadow", "trustno", "whatever", "starwars", "computer", "internet", "treadle",
    "workflow", "correcthorsebatterystaple", "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip


_SPELLED = str.maketrans("0134@$", "oieaas")


class Passwords:
    """Hashes and verifies in threads; nobody can tell from the time it takes whether there is such a user."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._hasher: PasswordHasher | None = None
        self._nobodys = ""

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(self._hash, password)

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether it is the one that `hashed` was made of; without one it takes as long, and is not."""
        async with self._room:
            return await asyncio.to_thread(self._verify, hashed, password)

    def is_outdated(self, hashed: str) -> bool:
        """Whether it was made with less effort than is made now."""
        return self._get_hasher().check_needs_rehash(hashed)

    def _get_hasher(self) -> PasswordHasher:
        if self._hasher is None:
            from argon2 import PasswordHasher

            self._hasher = PasswordHasher(time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_LANES)
        return self._hasher

    def _hash(self, password: str) -> str:
        return self._get_hasher().hash(_normalised(password))

    def _verify(self, hashed: str | None, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        if not self._nobodys:
            # Made before anything is compared, so that the first unknown name takes no longer than a known one.
            self._nobodys = self._get_hasher().hash("nobody's")
        if len(password) > LONGEST:
            password = ""
        try:
            is_right = self._get_hasher().verify(hashed or self._nobodys, _normalised(password))
        except (VerificationError, InvalidHashError):
            return False
        return is_right and hashed is not None


def check_password(password: str, *, name: str) -> None:
    """Nothing, if it will do for the user `name`. Raises `InvalidWorkflow` (`weak_password`)."""
    plain = _normalised(password).casefold()
    spellings = {_letters_of(plain), _letters_of(plain.translate(_SPELLED))} - {""}
    if len(password) < SHORTEST:
        problem = f"it has {len(password)} characters"
    elif len(password) > LONGEST:
        problem = f"it has more than {LONGEST} characters"
    elif name.casefold() in plain and len(plain) - len(name) < SHORTEST:
        problem = "it is little more than the name"
    elif len(set(plain)) < 5 or _is_a_row(plain):
        problem = "it repeats itself or follows the keys"
    elif any(letters == word * (len(letters) // len(word)) for letters in spellings for word in _COMMON):
        problem = "it is one of those that everybody tries first"
    else:
        return
    raise InvalidWorkflow(
        f"This password cannot be used: {problem}.",
        code="weak_password",
        remedy=f"Take at least {SHORTEST} characters; three or four words that do not belong together are good.",
    )


def _letters_of(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _is_a_row(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    half = len(text) // 2
    return steps in ({1}, {-1}) or text[:half] * 2 == text[: half * 2] or text in "01234567890123456789"


def _normalised(password: str) -> str:
    """The same text however the keyboard made it."""
    return unicodedata.normalize("NFKC", password)
