"""The page about the clients, run block by block against a real server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.fences import ROOT, Fence, fences_of

PAGE = ROOT / "docs" / "how-to" / "use-the-sdks.md"
BLOCKS = [fence for fence in fences_of(PAGE, "python") if "client" in fence.marks]


async def run_block(fence: Fence) -> None:
    code = compile(fence.text, str(fence), "exec")
    await asyncio.to_thread(exec, code, {"__name__": "documentation"})


async def test_every_python_block_of_the_page_runs(
    treadle_client: ModuleType,
    url: str,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TREADLE_API_URL", url)
    monkeypatch.setenv("TREADLE_API_KEY", key)

    for fence in BLOCKS:
        await run_block(fence)

    written = capsys.readouterr().out
    assert "1 completed Good morning, Ada" in written
    assert "\ncompleted\n" in written
    assert "422" in written


def test_the_readmes_show_what_the_page_explains() -> None:
    """They are short, and point here."""
    for language in ("python", "typescript"):
        text = Path(ROOT / "clients" / language / "README.md").read_text(encoding="utf-8")
        assert "docs/how-to/use-the-sdks.md" in text
