"""The pytest plugin, in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_replay import NOTES
from tests.cli.test_test import TESTS

pytestmark = pytest.mark.slow


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "treadle.testing.pytest_plugin", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_test_files_are_collected_beside_others_and_fail_with_the_same_diff(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text(NOTES.replace("0.1", "0.2"))
    (tmp_path / "notes.test.yaml").write_text(TESTS)
    (tmp_path / "test_more.py").write_text("def test_more(): assert True\n")

    ran = run_pytest(tmp_path)

    assert ran.returncode == 1
    assert "1 failed, 2 passed" in ran.stdout
    assert "output: expected 0.1, got 0.2" in ran.stdout
    assert "notes.test.yaml::little" in ran.stdout


def test_a_malformed_file_fails_as_one_test_and_others_still_run(tmp_path: Path) -> None:
    (tmp_path / "notes.test.yaml").write_text("workflow: notes.yaml\ngiven: {imput: 1}\n")
    (tmp_path / "test_more.py").write_text("def test_more(): assert True\n")

    ran = run_pytest(tmp_path)

    assert ran.returncode == 1
    assert "1 failed, 1 passed" in ran.stdout
    assert "line 2: There is no key `imput` here." in ran.stdout
    assert "Traceback" not in ran.stdout


def test_a_stored_version_is_found_in_the_projects_store(tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text(NOTES)
    treadle = [sys.executable, "-m", "treadle.cli"]
    subprocess.run([*treadle, "run", "notes.yaml", "-i", "amount=1"], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "notes.yaml").unlink()
    subprocess.run([*treadle, "test", "record", "last"], cwd=tmp_path, check=True, capture_output=True)

    ran = run_pytest(tmp_path)

    assert "1 passed" in ran.stdout, ran.stdout
