"""Log lines: what they belong to, what they may not hold."""

from __future__ import annotations

import gc
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.engine.tracing import DOING, Doing
from treadle.service.application import Application
from treadle.service.logs import REQUEST, JsonLines, TextLines, blot_out_known_to, redact, start_logs
from treadle.service.settings import Settings


def line(formatter: logging.Formatter, message: str = "It happened.", **more: object) -> str:
    record = logging.LogRecord("treadle.dispatch", logging.WARNING, __file__, 1, message, (), None)
    record.__dict__.update(more)
    return formatter.format(record)


@pytest.fixture
def doing():
    token = DOING.set(Doing("r1", "greeting", "each[2]/send", 3))
    yield
    DOING.reset(token)


def test_a_json_line_says_what_run_and_node_it_belongs_to(doing: None) -> None:
    found = json.loads(line(JsonLines()))

    assert found["at"].endswith("Z")
    assert {key: found[key] for key in ("level", "logger", "message", "run_id", "workflow", "node", "attempt")} == {
        "level": "warning",
        "logger": "treadle.dispatch",
        "message": "It happened.",
        "run_id": "r1",
        "workflow": "greeting",
        "node": "each[2]/send",
        "attempt": 3,
    }


def test_a_line_for_people_says_it_too(doing: None) -> None:
    assert line(TextLines()).endswith("It happened.  [run_id=r1 workflow=greeting node=each[2]/send attempt=3]")


def test_a_line_without_a_run_says_nothing_of_one() -> None:
    assert line(TextLines()).endswith("WARNING It happened.")


def test_a_line_carries_the_request_it_belongs_to() -> None:
    token = REQUEST.set("q1")
    found = json.loads(line(JsonLines(), extra_fact=7))
    REQUEST.reset(token)

    assert (found["request_id"], found["extra_fact"]) == ("q1", 7)


def test_a_json_line_is_one_line_whatever_it_says() -> None:
    assert "\n" not in line(JsonLines(), "one\ntwo")


class Knower:
    def known(self) -> list[str]:
        return ["hunter2"]


def test_secrets_are_blotted_out_of_every_part() -> None:
    knower = Knower()
    blot_out_known_to(knower)
    try:
        raise ValueError("hunter2 was wrong")
    except ValueError:
        record = logging.LogRecord("treadle", logging.ERROR, __file__, 1, "hunter2", (), sys.exc_info())

    lines = JsonLines().format(record), TextLines().format(record)

    assert not any("hunter2" in each for each in lines)


def test_who_is_gone_blots_out_nothing() -> None:
    blot_out_known_to(Knower())
    gc.collect()

    assert redact("hunter2") == "hunter2"


def test_no_line_has_what_an_application_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_API", "correct horse battery")
    application = Application(replace(Settings(), db=str(tmp_path / "treadle.db")))
    start_logs()

    logging.getLogger("treadle.node").warning("It said: correct horse battery")

    assert application.world.secrets["api"] == "correct horse battery"
    assert "correct horse" not in capsys.readouterr().err


def test_what_the_server_says_goes_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    start_logs(format="json", level="info")

    logging.getLogger("uvicorn.error").error("It broke.")
    logging.getLogger("uvicorn.error").info("Started.")
    logging.getLogger("treadle.server").info("Listening.")

    said = [json.loads(each)["message"] for each in capsys.readouterr().err.splitlines()]
    assert said == ["It broke.", "Listening."]
