"""The ledger of a document: what became of each of its fields. Nothing is lost: what nobody took is kept, and named."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from treadle.authoring.tree import Path

Fate = Literal["mapped", "kept", "credential"]
"""It says something in the workflow; it is kept there as it was, as text; it is in a profile, sealed."""


@dataclass(frozen=True, slots=True)
class Field:
    """What became of a field of the document, and of all below it. `note` says how it was read, or why it was kept."""

    path: Path
    fate: Fate
    to: str
    note: str | None = None

    @property
    def where(self) -> str:
        return write_path(self.path)

    def to_dict(self) -> dict[str, Any]:
        return {"path": self.where, "fate": self.fate, "to": self.to, "note": self.note}


def write_path(path: Path) -> str:
    """`blocks[1].config.size`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


class Ledger:
    """`data` is JSON-like. Every field is in `fields` once the last was kept."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.fields: list[Field] = []
        self._covered: set[Path] = set()

    def map(self, path: Path, to: str, note: str | None = None) -> None:
        self._add(Field(path, "mapped", to, note))

    def keep(self, path: Path, to: str, note: str) -> None:
        self._add(Field(path, "kept", to, note))

    def seal(self, path: Path, to: str) -> None:
        self._add(Field(path, "credential", to))

    def forget(self, paths: Collection[Path]) -> None:
        """As if nothing had been said of these."""
        self.fields = [field for field in self.fields if field.path not in paths]
        self._covered -= set(paths)

    def knows(self, path: Path) -> bool:
        """Whether it has been said what became of it, or of what it is in."""
        return any(path[:length] in self._covered for length in range(len(path) + 1))

    def left(self, at: Path = ()) -> Iterator[tuple[Path, Any]]:
        """What nobody has taken yet, in pieces as large as may be."""
        yield from self._left(at, self.at(at))

    def at(self, path: Path) -> Any:
        here = self.data
        for part in path:
            here = here[part]
        return here

    def _left(self, at: Path, value: Any) -> Iterator[tuple[Path, Any]]:
        if self.knows(at):
            return
        inside = _inside(value)
        if not inside or not any(path[: len(at)] == at for path in self._covered):
            yield at, value
            return
        for key, inner in inside:
            yield from self._left((*at, key), inner)

    def _add(self, field: Field) -> None:
        self.fields.append(field)
        self._covered.add(field.path)


def leaves(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Everything in a value that holds nothing else."""
    inside = _inside(value)
    if not inside:
        yield at, value
    for key, inner in inside:
        yield from leaves(inner, (*at, key))


def write_kept(kept: Mapping[Path, Any], *, below: Path = ()) -> str:
    """What is kept, a line each: `params.trailing: {"pct": 1.5}`."""
    return "\n".join(
        f"{write_path(path[len(below) :])}: {json.dumps(value, ensure_ascii=False)}" for path, value in kept.items()
    )


def _inside(value: Any) -> list[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return list(cast("dict[str | int, Any]", value).items())
    return list(enumerate(cast("list[Any]", value))) if isinstance(value, list) else []
