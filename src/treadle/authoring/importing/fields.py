"""The fields of a document by name, however they are written and wherever they stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from treadle.authoring.importing.ledger import Ledger
from treadle.authoring.tree import Path, snake_case

CONTAINERS = ("params", "parameters", "strategy_params", "strategy_config", "config", "configuration", "settings",
              "strategy", "options")  # fmt: skip
"""Objects whose fields are the bot's as much as those beside them."""


class DocumentFields:
    """`checkInterval` in `params` is found as `check_interval`; what was said what became of is not found again."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._paths: dict[str, list[Path]] = {}
        for name, path in _names(ledger.data, ()):
            self._paths.setdefault(name, []).append(path)

    def find(self, names: Iterable[str]) -> tuple[Path, Any] | None:
        """The first there is of these, by the order of names. An empty value counts as none."""
        return next(self.find_all(names), None)

    def find_all(self, names: Iterable[str]) -> Iterator[tuple[Path, Any]]:
        for name in names:
            for path in self._paths.get(name, ()):
                value = self.ledger.at(path)
                if value is not None and value != "" and not self.ledger.knows(path):
                    yield path, value

    def key(self, path: Path) -> str:
        """The last name in a path, as it is looked for."""
        named = [part for part in path if isinstance(part, str)]
        return normal(named[-1]) if named else ""


def normal(key: str) -> str:
    """`checkInterval`, `Check Interval` and `check-interval` are `check_interval`."""
    return snake_case(key.strip().replace(" ", "_")).lower()


def _names(value: Any, at: Path, prefix: str = "") -> Iterator[tuple[str, Path]]:
    """(name, path) of every field, nearest to the top first; those in a container go without its name, too."""
    if isinstance(value, dict):
        inside: list[tuple[Any, Any]] = list(cast("dict[str, Any]", value).items())
    elif isinstance(value, list):
        inside = list(enumerate(cast("list[Any]", value)))
    else:
        return
    for key, _ in inside:
        yield f"{prefix}{normal(str(key))}", (*at, key)
    for key, inner in inside:
        name = normal(str(key))
        if isinstance(key, str) and not prefix and name in CONTAINERS:
            yield from _names(inner, (*at, key))
        yield from _names(inner, (*at, key), f"{prefix}{name}.")
