"""The editor's pictures: each page in each look, shown by a page of the docs, and small."""

from __future__ import annotations

from docs.editor.__main__ import FOLDER, LOOKS, PAGES

from tests.docs.fences import ROOT

MOST_BYTES = 4_000_000
GUIDE = ROOT / "docs" / "how-to" / "use-the-editor.md"


def test_every_page_is_drawn_in_every_look() -> None:
    """`python -m docs.editor` draws them; what is there no more has no picture left."""
    wanted = {f"{name}-{look}.webp" for name in PAGES for look in LOOKS}

    assert {path.name for path in FOLDER.iterdir()} == wanted


def test_the_guide_shows_each_of_them() -> None:
    text = GUIDE.read_text(encoding="utf-8")

    assert [path.name for path in sorted(FOLDER.iterdir()) if f"images/editor/{path.name})" not in text] == []


def test_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= MOST_BYTES
