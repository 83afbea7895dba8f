"""Whether secrets can be opened, seen from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.service.application import Application
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials
from treadle.service.vault.keys import key_path
from treadle.service.vault.looking import Look, look_at_vault


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With one secret and one field of a profile."""
    monkeypatch.delenv("TREADLE_KEY", raising=False)
    path = tmp_path / "treadle.db"
    async with Application(Settings(db=str(path), synchronous="OFF")) as application:
        await Credentials(application).set_secret("token", "sk-live-0123456789")
        await Credentials(application).create_profile("shop", provider=None, fields={"key": "sk-of-the-shop"})
    return path


async def test_with_its_key_everything_opens(store: Path) -> None:
    look = look_at_vault(store)

    assert (look.sealed, look.closed) == (2, [])


async def test_without_its_key_all_are_named_and_no_key_is_made(store: Path) -> None:
    key_path(store).unlink()

    look = look_at_vault(store)

    assert (sorted(look.closed), look.why) == (["`key` of the profile `shop`", "`token`"], "the key is missing")
    assert str(key_path(store)) in look.remedy
    assert not key_path(store).exists()


async def test_another_key_opens_nothing(store: Path) -> None:
    key_path(store).write_text("0" * 64 + "\n")

    look = look_at_vault(store)

    assert len(look.closed) == 2
    assert "is another one" in look.why


async def test_a_key_of_the_environment_counts_before_the_file(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_KEY", key_path(store).read_text().strip())
    key_path(store).unlink()

    assert look_at_vault(store).closed == []


async def test_where_nothing_is_sealed_no_key_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREADLE_KEY", raising=False)
    path = tmp_path / "treadle.db"
    async with Application(Settings(db=str(path), synchronous="OFF")):
        pass
    key_path(path).unlink(missing_ok=True)

    assert look_at_vault(path) == Look(0)
