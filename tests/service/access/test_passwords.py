"""Which passwords will do, and that a wrong one is wrong."""

from __future__ import annotations

import pytest

from treadle.errors import InvalidWorkflow
from treadle.service.access.passwords import Passwords, check_password


@pytest.mark.parametrize(
    "password",
    ["short", "password123", "Passw0rd!!", "aaaaaaaaaaaa", "abcdefghijkl", "1234567890", "annann-ann", "qwertyuiop1",
     "abcabcabcabc", "x" * 201],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidWorkflow, match="cannot be used"):
        check_password(password, name="ann")


@pytest.mark.parametrize("password", ["four lazy otters swim", "тихий омут сегодня", "J7#kk-29-vwQ"])
def test_a_good_one_will_do(password: str) -> None:
    check_password(password, name="ann")


async def test_only_the_right_one_is_right() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("four lazy otters swim")

    assert hashed.startswith("$argon2id$")
    assert await passwords.verify(hashed, "four lazy otters swim")
    assert not await passwords.verify(hashed, "four lazy otters swam")
    assert not await passwords.verify(hashed, "x" * 1_000_000)
    assert not await passwords.verify(None, "nobody's")
    assert not await passwords.verify("no hash", "x")


async def test_the_same_text_is_the_same_password_however_it_was_typed() -> None:
    passwords = Passwords()

    assert await passwords.verify(await passwords.hash("café au lait 7"), "cafe\u0301 au lait 7")
