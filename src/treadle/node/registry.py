"""The registry: node types found by the entry points of installed packs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import entry_points
from types import ModuleType

from treadle.errors import NotFound
from treadle.node.definition import NodeDefinition
from treadle.node.known_elsewhere import find_ours


class Registry:
    """Finds node types by name.

    A pack is an entry point of the group `treadle.packs`: its name is the prefix of its node types (`flow`), its
    value a module or a package, every module of which is searched for definitions. A pack that adds to the types of
    another says so behind a dot (`trigger.trading`). A pack is imported when one of its types is first asked for.
    """

    def __init__(self, packs: Mapping[str, str | ModuleType], definitions: Iterable[NodeDefinition] = ()) -> None:
        self._packs = dict(packs)
        self._loaded: set[str] = set()
        self._definitions = {definition.name: definition for definition in definitions}

    @classmethod
    def installed(cls) -> Registry:
        """A registry of every pack installed in this Python."""
        return cls({point.name: point.value for point in entry_points(group="treadle.packs")})

    def with_definitions(self, *definitions: NodeDefinition) -> Registry:
        """This registry and more types; they win over installed ones of the same name."""
        return Registry(self._packs, [*self._definitions.values(), *definitions])

    def find(self, name: str) -> NodeDefinition | None:
        if name not in self._definitions:
            self._load(name.split(".", 1)[0])
        return self._definitions.get(name)

    def get(self, name: str) -> NodeDefinition:
        """The definition called `name`. Raises `NotFound` with the nearest names."""
        definition = self.find(name)
        if definition is None:
            near = self.nearest(name)
            raise NotFound(
                f"There is no node type `{name}`.",
                code="unknown_node_type",
                remedy=f"Did you mean {' or '.join(f'`{n}`' for n in near)}?" if near else "See `treadle nodes`.",
            )
        return definition

    def names(self) -> list[str]:
        """All names, sorted; imports every pack."""
        return sorted(definition.name for definition in self)

    def nearest(self, name: str) -> list[str]:
        """The names that are most likely meant, the likeliest first; none where nothing is like it."""
        names = self.names()
        ours = find_ours(name)
        if ours in names:
            return [ours]
        return get_close_matches(name, names, n=3, cutoff=0.6)

    def __iter__(self) -> Iterator[NodeDefinition]:
        for pack in self._packs:
            self._load(pack.split(".", 1)[0])
        return iter(list(self._definitions.values()))

    def _load(self, prefix: str) -> None:
        if prefix in self._loaded:
            return
        self._loaded.add(prefix)
        for pack, source in self._packs.items():
            if pack.split(".", 1)[0] == prefix:
                self._search(importlib.import_module(source) if isinstance(source, str) else source)

    def _search(self, module: ModuleType) -> None:
        for part in _modules(module):
            for value in vars(part).values():
                if isinstance(value, NodeDefinition):
                    self._definitions.setdefault(value.name, value)


def _modules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    for info in pkgutil.iter_modules(getattr(module, "__path__", []), module.__name__ + "."):
        if not info.ispkg:
            yield importlib.import_module(info.name)
