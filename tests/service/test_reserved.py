"""What of the workspace is Treadle's own, by its settings."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from treadle.service.settings import Settings


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def kept(settings: Settings, *paths: str, secret: bool) -> list[str]:
    """Those of the paths in the workspace that are kept from nodes."""
    given = settings.permissions()
    found = [one for one in given.reserved if one.is_secret or not secret]
    return [path for path in paths if any(one.holds(given.workspace / path) for one in found)]


def test_of_the_project_folder_nothing_is_written_that_the_next_start_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(Settings(), nodes=("own/nodes",), tls_cert="tls/cert.pem")
    loaded = ("treadle.toml", "own/nodes/evil.py", "own/nodes/data.json", "json.py", "lib/x.pyc", "tls/cert.pem")

    assert kept(settings, *loaded, secret=False) == [*loaded]
    assert kept(settings, "out/report.csv", "own/other.txt", "treadle.toml.txt", secret=False) == []
    assert kept(settings, "treadle.toml", "json.py", "own/nodes/evil.py", secret=True) == []


def test_the_store_its_keys_and_copies_are_secret_wherever_they_lie() -> None:
    settings = replace(Settings(), db="sqlite:///data/s.db", backup_folder="copies", tls_key="tls/key.pem")
    secrets = ["data/s.db", "data/s.db-wal", "data/s.db-shm", "data/s.db.key", "data/s.db.before-2026", "copies/a.db"]
    secrets += [".treadle/treadle.db", ".env", ".env.local", "tls/key.pem"]

    assert kept(settings, *secrets, secret=True) == secrets
    assert kept(settings, "data/s.dbx", "data/prices.csv", "environment.txt", secret=True) == []


def test_where_a_link_leads_is_reserved_too(project: Path) -> None:
    (project / "real").mkdir()
    (project / "store").symlink_to(project / "real", target_is_directory=True)
    (project / "real" / "s.db").touch()
    (project / "s.db").symlink_to(project / "real" / "s.db")
    (project / "nodes").symlink_to(project / "real", target_is_directory=True)

    assert kept(replace(Settings(), db="store/s.db"), "real/s.db.key", secret=True)
    assert kept(replace(Settings(), db="s.db"), "real/s.db", "s.db.key", secret=True) == ["real/s.db", "s.db.key"]
    assert kept(replace(Settings(), nodes=("nodes",)), "nodes/a", "real/a", secret=False) == ["nodes/a", "real/a"]


def test_a_folder_of_its_own_is_the_nodes_own(project: Path) -> None:
    settings = replace(Settings(), workspace="data", nodes=(".",))

    assert kept(settings, "treadle.toml", "script.py", ".env", secret=False) == []


def test_nodes_in_the_workspace_itself_leave_it_to_files_that_are_no_modules() -> None:
    assert kept(replace(Settings(), nodes=(".",)), "a.py", "a.csv", secret=False) == ["a.py"]


def test_what_the_interpreter_runs_is_reserved(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(project / ".venv"))
    monkeypatch.setattr(sys, "path", [*sys.path, str(project / "src")])

    assert kept(Settings(), ".venv/bin/treadle", "src/own/data", secret=False) == [".venv/bin/treadle", "src/own/data"]
