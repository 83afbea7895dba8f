"""What `treadle doctor` finds of the server, its files, its copies and its disk."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from treadle.service.application import Application
from treadle.service.finding import Finding
from treadle.service.operation_diagnosis import look_at_operation
from treadle.service.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), db=str(tmp_path / "treadle.db"), port=0, backup_folder=str(tmp_path / "copies"))


def found(settings: Settings, subject: str) -> list[Finding]:
    return [finding for finding in look_at_operation(settings) if finding.subject == subject]


def test_a_port_that_is_taken_is_told(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        (finding,) = found(replace(settings, port=other.getsockname()[1]), "server")

    assert finding.status == "warning"
    assert "taken by another program" in finding.text


def test_an_address_for_others_without_encryption_is_told(settings: Settings) -> None:
    findings = found(replace(settings, host="0.0.0.0"), "server")

    assert [finding.status for finding in findings] == ["ok", "warning"]


def test_behind_a_public_address_it_is_taken_to_be_encrypted(settings: Settings) -> None:
    findings = found(replace(settings, host="0.0.0.0", public_url="https://flows.example.com"), "server")

    assert [finding.status for finding in findings] == ["ok"]


async def test_a_store_that_others_may_read_is_told_and_a_new_one_is_private(settings: Settings) -> None:
    async with Application(settings):
        before = found(settings, "privacy")
        os.chmod(settings.db, 0o644)
        (after,) = found(settings, "privacy")

    assert before == []
    assert after.remedy == f"Run: chmod 600 {settings.db}"


async def test_users_are_counted(settings: Settings) -> None:
    async with Application(settings):
        (finding,) = found(settings, "users")

    assert finding.text.startswith("none yet")


def test_copies_that_are_due_and_not_there_are_told(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for name in ("treadle-20240101-000000.db", "treadle-20240101-000000.db.json"):
        (folder / name).touch()

    (finding,) = found(replace(settings, backup_every="1h"), "backups")

    assert finding.status == "warning"
    assert "older than" in (finding.remedy or "")


def test_a_disk_that_is_almost_full_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=50_000_000))

    (finding,) = found(settings, "disk")

    assert finding.status == "error"


def test_whether_it_traces_is_told(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")

    (finding,) = found(settings, "tracing")

    assert finding.text == "on"
