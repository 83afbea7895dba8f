"""The fenced code blocks of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fence:
    """One block. `marks` are the words after the language: `file=x.yaml`, `invalid`."""

    page: str
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str | None:
        """The file that the block is the content of."""
        return next((mark.removeprefix("file=") for mark in self.marks if mark.startswith("file=")), None)


def pages() -> list[Path]:
    return sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])


def fences(*languages: str) -> list[Fence]:
    """Every block, or those in `languages`."""
    return [fence for path in pages() for fence in fences_of(path, *languages)]


def fences_of(path: Path, *languages: str) -> Iterator[Fence]:
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if not languages or match[1] in languages:
            yield Fence(str(path.relative_to(ROOT)), line, match[1], tuple(match[2].split()), match[3])
