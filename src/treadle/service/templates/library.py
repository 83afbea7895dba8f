"""The templates there are: those that come with Treadle, and those that were published here."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from treadle.errors import NotFound
from treadle.model.nearest import suggest
from treadle.node.registry import Registry
from treadle.service.definition import check_text
from treadle.service.templates.reading import read_template
from treadle.service.templates.shipped import shipped_texts
from treadle.service.templates.standing import Statistics
from treadle.service.templates.template import Template

if TYPE_CHECKING:
    from treadle.store.sqlite_journal import SqliteStore
    from treadle.store.templates import StoredTemplate

_REMEMBERED = 500
_read: WeakKeyDictionary[Registry, dict[str, Template | None]] = WeakKeyDictionary()
"""By the digest of its text: a file is read and checked once, whoever looks at it."""


class Library:
    """Looks templates up. What cannot be read as one any more is left out of lists, and not found."""

    def __init__(self, store: SqliteStore, registry: Registry) -> None:
        self._store = store
        self._registry = registry

    async def list(self) -> Sequence[Template]:
        """By name."""
        found = [await self._parse(text) for _, text in shipped_texts()]
        stored = [await self._open(one) for one in await self._store.list_templates()]
        return sorted((one for one in (*found, *stored) if one is not None), key=lambda one: one.name)

    async def get(self, name: str) -> Template:
        """Raises `NotFound` (`unknown_template`) with the nearest name."""
        stored = await self._store.find_template(name)
        found = await self.find_shipped(name) if stored is None else await self._open(stored)
        if found is None:
            names = [one.name for one in await self.list()]
            remedy = suggest(name, names, "`treadle templates` lists those there are.")
            raise NotFound(f"There is no template `{name}`.", code="unknown_template", remedy=remedy, template=name)
        return found

    async def find_shipped(self, name: str) -> Template | None:
        """The one that comes with Treadle under this name."""
        for file, text in shipped_texts():
            if file == f"{name}.yaml":
                return await self._parse(text)
        return None

    async def measure(self) -> dict[str, Statistics]:
        """What has become of each template that was ever used or rated."""
        ratings = await self._store.rate_templates()
        uses: dict[str, list[tuple[int, int]]] = {}
        for one in await self._store.list_template_uses():
            uses.setdefault(one.template, []).append((one.completed, one.failed))
        return {name: _statistics(uses.get(name, []), ratings.get(name)) for name in {*uses, *ratings}}

    async def measure_one(self, name: str) -> Statistics:
        uses = [(one.completed, one.failed) for one in await self._store.list_template_uses(name)]
        return _statistics(uses, (await self._store.rate_templates()).get(name))

    async def _open(self, stored: StoredTemplate) -> Template | None:
        found = await self._parse(stored.document)
        if found is None:
            return None
        about = {"owner": stored.owner, "author": stored.author, "updated_at": stored.updated_at}
        return replace(found, source="published", **about)

    async def _parse(self, text: str) -> Template | None:
        known = _read.setdefault(self._registry, {})
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if digest not in known:
            template, _ = read_template(await check_text(text, self._registry, source="template"), self._registry)
            if len(known) >= _REMEMBERED:
                del known[next(iter(known))]
            known[digest] = template
        return known[digest]


def _statistics(uses: Sequence[tuple[int, int]], rated: tuple[int, float] | None) -> Statistics:
    number, mean = rated or (0, None)
    completed, failed = sum(one for one, _ in uses), sum(one for _, one in uses)
    return Statistics(len(uses), completed, failed, number, mean)
