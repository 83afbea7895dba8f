"""Signed links: nobody without the key makes one, changes one, or uses one after its time."""

from __future__ import annotations

import stat
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from treadle.errors import Conflict, InvalidWorkflow, StoreError
from treadle.service.signing import Link, Signer, read_key

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SIGNER = Signer(b"0123456789abcdef")
LINK = Link("task-1", "ada", NOW + timedelta(days=1))


@pytest.mark.parametrize("by", ["ada", None, "Ada Lovelace é\n"])
@pytest.mark.parametrize("before", ["", "https://example.org", "http://localhost:8080/app"])
def test_a_link_says_what_it_was_made_for(by: str | None, before: str) -> None:
    link = Link("task-1", by, NOW + timedelta(days=1))

    assert SIGNER.read(before + SIGNER.sign(link), now=NOW) == link


def test_a_token_alone_is_a_link() -> None:
    assert SIGNER.read(SIGNER.sign(LINK).removeprefix("/t/"), now=NOW) == LINK


def test_a_link_expires() -> None:
    text = SIGNER.sign(LINK)

    with pytest.raises(Conflict) as caught:
        SIGNER.read(text, now=LINK.expires_at)

    assert caught.value.code == "link_expired"


def test_no_character_of_a_link_can_be_changed() -> None:
    """Nor the last one of the signature, of which decoding drops bits."""
    text = SIGNER.sign(LINK)
    letters = string.ascii_letters + string.digits + "-_="
    changed = [text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :] for at in range(3, len(text))]
    changed += [text[:-1] + letter for letter in letters if letter != text[-1]]

    for forged in changed:
        with pytest.raises(InvalidWorkflow) as caught:
            SIGNER.read(forged, now=NOW)
        assert caught.value.code == "invalid_link"


def test_a_link_of_another_key_is_refused() -> None:
    with pytest.raises(InvalidWorkflow):
        Signer(b"another key of 16").read(SIGNER.sign(LINK), now=NOW)


@pytest.mark.parametrize("text", ["", "/t/", "/t/.", "/t/abc", "/t/é.é", "/t/YQ.YQ", "x" * 10_000, "/t/%00.%00"])
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        SIGNER.read(text, now=NOW)

    assert caught.value.code == "invalid_link"


def test_the_key_is_made_once_beside_the_store_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    store = tmp_path / "treadle.db"

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read_key(store, {}), range(32)))

    (file,) = tmp_path.iterdir()
    assert len(keys) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(keys.pop()) >= 32


def test_a_key_in_the_environment_is_used_and_none_is_made(tmp_path: Path) -> None:
    assert read_key(tmp_path / "treadle.db", {"TREADLE_KEY": "0123456789abcdef"}) == b"0123456789abcdef"
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        read_key(tmp_path / "treadle.db", {"TREADLE_KEY": "secret"})

    assert caught.value.code == "weak_key"


def test_a_key_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        read_key(tmp_path / "nowhere" / "treadle.db", {})

    assert caught.value.code == "no_signing_key"
