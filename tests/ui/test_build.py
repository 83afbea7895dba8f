"""What the build makes: types that are the API's, a first load that is small, code that keeps its rules."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lacking import skip_for_lack
from tests.ui.node import UI, build_editor, require_packages, run_node
from treadle.server.editor import FOLDER

ROOT = UI.parent
FIRST_LOAD = 350_000
"""Bytes, compressed, of everything that is fetched before Home is there."""
pytestmark = pytest.mark.timeout(300)  # the first may have to fetch packages


def test_the_types_are_those_of_the_document() -> None:
    head, source, text, *rest = (UI / "src" / "api" / "schema.ts").read_text(encoding="utf-8").split("\n")

    document = (ROOT / "clients" / "openapi.json").read_bytes()
    assert source == f"// from {hashlib.sha256(document).hexdigest()}", f"{head} Run it."
    assert text == f"// text {hashlib.sha256(chr(10).join(rest).encode()).hexdigest()}", f"{head} Not this file."


@pytest.fixture
def built() -> Path:
    if not (FOLDER / "manifest.json").is_file():
        skip_for_lack("the editor is not built: `python ui/build_editor.py`")
    return FOLDER


def _fetched(manifest: dict[str, dict[str, object]], chunk: str, seen: set[str]) -> Iterator[str]:
    """The files that come with a chunk, and with those it imports."""
    if chunk in seen:
        return
    seen.add(chunk)
    found = manifest[chunk]
    yield str(found["file"])
    yield from found.get("css", [])  # type: ignore[misc]
    for imported in found.get("imports", []):  # type: ignore[attr-defined]
        yield from _fetched(manifest, str(imported), seen)


def test_the_first_load_is_small(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    seen: set[str] = set()
    files = {
        *_fetched(manifest, "index.html", seen),
        *_fetched(manifest, "src/pages/home/HomePage.tsx", seen),
        "index.html",
        "colours.js",
        *(path.relative_to(built).as_posix() for path in built.glob("assets/geist-latin-wght-normal-*.woff2")),
    }

    sizes = {name: _compressed(built / name) for name in files}

    assert sum(sizes.values()) <= FIRST_LOAD, sorted(sizes.items(), key=lambda one: -one[1])


def _compressed(path: Path) -> int:
    content = path.read_bytes()
    return len(content) if path.suffix == ".woff2" else len(gzip.compress(content, 9))


def test_every_page_is_a_file_of_its_own(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    pages = {path.relative_to(UI).as_posix() for path in (UI / "src" / "pages").rglob("*Page.tsx")}

    apart = {name for name, chunk in manifest.items() if chunk.get("isDynamicEntry")}

    assert pages - apart == set()


def test_the_licences_of_all_that_is_in_it_come_with_it(built: Path) -> None:
    said = (built / "licenses.txt").read_text(encoding="utf-8")
    named = set(re.findall(r"^## (\S+) - ", said, re.MULTILINE))
    builders = {"vite", "@vitejs/plugin-react"}
    sources = "".join(path.read_text(encoding="utf-8") for path in (UI / "src").rglob("*.ts*"))
    wanted = {one for one in json.loads((UI / "package.json").read_text())["dependencies"] if f'"{one}' in sources}

    assert wanted - builders - named == set()
    assert "SIL OPEN FONT LICENSE" in said


def test_whose_charts_they_are_is_said_as_they_ask_for_it() -> None:
    """In the words of the version that is there: in the notice that goes with every copy, and below each chart."""
    charts = UI / "node_modules" / "lightweight-charts" / "dist" / "lightweight-charts.production.mjs"
    if not charts.is_file():
        skip_for_lack("the editor's packages are not here: `python ui/build_editor.py`")
    year = re.search(r"Copyright \(c\) (\d{4}) TradingView, Inc\.", charts.read_text(encoding="utf-8"))
    assert year is not None

    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    page = (UI / "src" / "components" / "chart" / "candles" / "CandleChart.tsx").read_text(encoding="utf-8")

    assert f"TradingView Lightweight Charts™\nCopyright (c) {year[1]} TradingView, Inc. https://www.trad" in notice
    assert f"© {year[1]} TradingView, Inc." in page
    assert 'href="https://www.tradingview.com/"' in page


def test_what_is_built_is_what_the_sources_say(built: Path) -> None:
    assert (built / build_editor.STAMP).read_text().strip() == build_editor.digest_sources(), "Install it anew."


def test_nothing_is_built_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_editor, "TARGET", Path("nowhere"))
    assert build_editor.is_needed()

    monkeypatch.setenv(build_editor.SKIP, "1")

    assert not build_editor.is_needed()


def test_a_build_that_fails_says_why_and_leaves_what_was_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require_packages()
    broken = tmp_path / "ui"
    shutil.copytree(UI, broken, ignore=shutil.ignore_patterns("node_modules", "dist", "tools"))
    (broken / "node_modules").symlink_to(UI / "node_modules")
    (broken / "src" / "main.tsx").write_text("import { nothing } from './nowhere';\nnothing();\n")
    target = tmp_path / "target"
    target.mkdir()
    (target / "index.html").write_text("before")
    monkeypatch.setattr(build_editor, "UI", broken)
    monkeypatch.setattr(build_editor, "TARGET", target)
    monkeypatch.delenv(build_editor.SKIP, raising=False)

    status = build_editor.main()

    said = capsys.readouterr().err
    assert status == 1
    assert "The editor could not be built: `vite.js build" in said
    assert "nowhere" in said
    assert build_editor.SKIP in said
    assert (target / "index.html").read_text() == "before"


def test_types_and_lint_hold() -> None:
    require_packages()
    for tool in (
        ("node_modules/typescript/bin/tsc", "--noEmit"),
        ("node_modules/oxlint/bin/oxlint", "--deny-warnings", "src"),
    ):
        status, said = run_node(*tool)
        assert status == 0, said


def test_the_unit_tests_pass() -> None:
    require_packages()

    status, said = run_node("node_modules/vitest/vitest.mjs", "run")

    assert status == 0, said
