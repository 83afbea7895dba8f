"""The first `treadle up`: two bots trade on paper within moments, and nobody gets them who has plans of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process
from treadle.authoring.check.file import check_file
from treadle.demo.first_start import bot_texts, is_untouched
from treadle.node.registry import Registry
from treadle.service.settings import Settings


@pytest.fixture
def treadle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Treadle:
    monkeypatch.chdir(tmp_path)
    return Treadle(tmp_path)


def test_the_bots_are_valid_and_without_warnings() -> None:
    registry = Registry.installed()

    found = {name: check_file(text, registry, source=name).result.issues for name, text in bot_texts()}

    assert found == {"arbitrage-bot.yaml": (), "rsi-bot.yaml": ()}


def test_an_empty_folder_is_untouched(tmp_path: Path) -> None:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"))

    assert is_untouched(settings, (), tmp_path)


@pytest.mark.parametrize("file", ["treadle.db", "treadle.toml", "mine.yaml", "mine.yml"])
def test_a_folder_with_something_of_treadles_is_left_alone(tmp_path: Path, file: str) -> None:
    (tmp_path / file).touch()

    assert not is_untouched(replace(Settings(), db=str(tmp_path / "treadle.db")), (), tmp_path)


def test_where_a_store_is_named_nothing_is_put_into_it(tmp_path: Path) -> None:
    assert not is_untouched(replace(Settings(), db=str(tmp_path / "mine.db")), {"db"}, tmp_path)


@pytest.mark.slow
def test_both_bots_trade_on_paper_after_the_first_start(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--no-server", "--json") as process:
        process.wait_until(lambda: {"arbitrage-bot", "rsi-bot"} <= ran(process), seconds=60)
        process.send(15)
        code = process.end()

    assert code == 0
    assert [event for event in process.events("RunFinished") if event["status"] != "completed"] == []
    known = treadle("deployments", "--json").json
    assert [(one["name"], one["mode"], one["status"]) for one in known] == [
        ("arbitrage-bot", "paper", "active"),
        ("rsi-bot", "paper", "active"),
    ]
    assert any("treadle stop" in line for line in process.errors)
    assert (treadle.folder / ".treadle" / "paper.db").exists()


def ran(process: Process) -> set[str]:
    """The workflows of which a run has finished."""
    started = {event["run_id"]: event["workflow"] for event in process.events("RunStarted")}
    return {started[event["run_id"]] for event in process.events("RunFinished")}


@pytest.mark.slow
def test_a_bot_that_was_stopped_does_not_come_back(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--no-server", "--for", "1", "--json") as process:
        process.end()
    treadle("stop", "rsi-bot")

    with Process(treadle.folder, "up", "--no-server", "--for", "1", "--json") as process:
        process.end()

    assert {one["name"]: one["status"] for one in treadle("deployments", "--json").json} == {
        "arbitrage-bot": "active",
        "rsi-bot": "stopped",
    }


@pytest.mark.slow
def test_empty_starts_without_bots(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--empty", "--no-server", "--for", "0.5", "--json") as process:
        code = process.end()

    assert code == 0
    assert treadle("deployments", "--json").json == []
