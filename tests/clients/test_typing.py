"""The Python client as a type checker sees it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import build_python_client

PROGRAM = """
from typing import assert_type

from treadle_client import AsyncTreadle, Treadle, models


async def main(treadle: AsyncTreadle) -> None:
    assert_type(await treadle.workflows.create(text="…", publish=True), models.WorkflowDetail)
    assert_type(
        await treadle.workflows.execute("orders", input={"size": 1}), models.ExecutionResult | models.Accepted
    )
    async for run in treadle.runs.list(status="failed", limit=10):
        assert_type(run.id, str)
    async for event in treadle.runs.events("r1"):
        assert_type(event.type, str)


def blocking(treadle: Treadle) -> None:
    assert_type(treadle.workflows.export("orders"), str)
    assert_type(treadle.runs.list().collect(), list[models.RunSummary])
    parquet = treadle.bars.upload(b"PAR1", name="btc.parquet", content_type="application/vnd.apache.parquet")
    assert_type(parquet, models.KeptBars)
    assert_type(treadle.backtests.export("b1"), bytes)
    treadle.runs.list(status="lost")  # wrong
    treadle.workflows.publish()  # wrong
    treadle.bars.upload("time,open", name="btc.csv")  # wrong
    treadle.bars.upload(b"", name="btc.csv", content_type="text/plain")  # wrong
"""


@pytest.mark.slow
def test_every_method_is_typed_and_what_is_wrong_is_seen_before_it_runs(tmp_path: Path) -> None:
    build_python_client(tmp_path)
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    config = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "reportPrivateUsage": "none"}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config))

    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--outputjson"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    told = json.loads(done.stdout)["generalDiagnostics"]
    places = {(Path(one["file"]).name, one["range"]["start"]["line"]) for one in told if one["severity"] == "error"}
    wrong = {number for number, line in enumerate(PROGRAM.splitlines()) if re.search("# wrong$", line)}
    assert places == {("program.py", number) for number in wrong}, told
