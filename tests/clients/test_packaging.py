"""The Python client as a package: what `pip install ./clients/python` and its sdist come to."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.lacking import skip_for_lack

CLIENT = Path(__file__).parents[2] / "clients" / "python"
_AWAY = ("No matching distribution found", "Could not find a version", "Connection", "NewConnectionError")


def build(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    if done.returncode != 0 and any(word in done.stderr for word in _AWAY):
        skip_for_lack("hatchling is neither in pip's cache nor to be had from a package index")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_wheel_carries_what_the_build_wrote_and_no_generator(tmp_path: Path) -> None:
    build("--wheel-dir", str(tmp_path), str(CLIENT))

    (wheel,) = tmp_path.glob("treadle_client-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    written = {f"treadle_client/generated/{name}.py" for name in ("__init__", "aio", "blocking", "models")}
    assert written | {"treadle_client/py.typed", "treadle_client/client.py"} <= names
    assert not any("codegen" in name for name in names)
