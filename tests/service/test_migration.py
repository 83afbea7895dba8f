"""Documents of other programs brought in: drafts, profiles and a report, all or nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.authoring.importing.conftest import DOCUMENTS
from treadle.errors import Conflict, InvalidWorkflow
from treadle.service.application import Application
from treadle.service.migration import Migration, is_migrant
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials
from treadle.service.workflows import Workflows

BOT: dict[str, Any] = {
    "bot_id": "a",
    "strategy": "alert",
    "provider": "kraken",
    "credentials": {"api_key": "CANARY-1", "secret": "CANARY-2"},
    "params": {"symbol": "BTC/USD", "condition": "above", "price": 5},
}


@pytest.fixture
async def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    monkeypatch.delenv("TREADLE_KEY", raising=False)
    settings = Settings(db=str(tmp_path / "treadle.db"), workspace=str(tmp_path), synchronous="OFF")
    async with Application(settings) as application:
        yield application


async def test_every_bot_becomes_a_draft_without_a_problem(application: Application) -> None:
    found = await Migration(application).import_text((DOCUMENTS / "bots.json").read_text())

    assert {one.report.name: list(one.problems) for one in found if one.problems} == {}
    assert all(one.outcome is not None and one.outcome.outcome == "created" for one in found)
    assert (await Workflows(application).get("btc-grid")).revision is not None


async def test_credentials_are_in_the_vault_and_nowhere_else(application: Application, tmp_path: Path) -> None:
    await Migration(application).import_text(json.dumps(BOT))

    facts = await Credentials(application).get_profile("kraken-a")
    await application.vault.refresh()

    assert (facts.provider, [field.name for field in facts.fields]) == ("kraken", ["api_key", "secret"])
    assert dict(application.world.profiles["kraken-a"]) == {"api_key": "CANARY-1", "secret": "CANARY-2"}
    assert b"CANARY" not in (tmp_path / "treadle.db").read_bytes()


async def test_a_dry_run_writes_nothing(application: Application) -> None:
    (one,) = await Migration(application).import_text(json.dumps(BOT), dry_run=True)

    assert (one.report.name, one.outcome) == ("a", None)
    assert await application.store.list_workflow_names() == []
    assert [profile.name for profile in await Credentials(application).list_profiles()] == []


async def test_where_a_document_is_bad_nothing_is_written(application: Application) -> None:
    bots = [BOT, {**BOT, "bot_id": "b", "strategy": "unheard"}]

    with pytest.raises(InvalidWorkflow) as refused:
        await Migration(application).import_text(json.dumps(bots))

    assert (refused.value.code, [issue.where for issue in refused.value.issues]) == ("cannot_import", ["[1].strategy"])
    assert await application.store.list_workflow_names() == []
    assert [profile.name for profile in await Credentials(application).list_profiles()] == []


async def test_a_workflow_that_is_there_is_refused_and_no_profile_stays(application: Application) -> None:
    await Workflows(application).create("name: a\nnodes: []\n")

    with pytest.raises(Conflict):
        await Migration(application).import_text(json.dumps(BOT))

    assert [profile.name for profile in await Credentials(application).list_profiles()] == []


async def test_a_profile_of_the_same_credentials_is_used_and_another_one_is_refused(application: Application) -> None:
    await Migration(application).import_text(json.dumps(BOT))
    other = {**BOT, "credentials": {"api_key": "CANARY-3", "secret": "CANARY-4"}}

    again = await Migration(application).import_text(json.dumps(BOT), if_exists="draft")
    with pytest.raises(Conflict) as refused:
        await Migration(application).import_text(json.dumps(other), if_exists="draft")

    assert again[0].outcome is not None
    assert again[0].outcome.outcome == "drafted"
    assert refused.value.code == "profile_exists"
    assert "CANARY" not in str(refused.value.to_dict())


@pytest.mark.parametrize(("text", "foreign"), [("name: x\nnodes: []\n", False), (json.dumps(BOT), True), ("", False)])
async def test_workflow_files_are_told_from_others(text: str, foreign: bool) -> None:
    assert await is_migrant(text) is foreign
