"""The trail: the audit log as it is read, exported and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from treadle.service.access.operation import operation
from treadle.store.audit import AuditEntry, AuditFilter

if TYPE_CHECKING:
    from treadle.service.application import Application

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`entries` are as they were written, up to the last, whose digest is `digest`; `broken` is the first that is not
    (or is missing). Who notes the digest elsewhere can tell later whether the end was cut off."""

    entries: int
    digest: str
    broken: int | None


class Trail:
    """The operations on the audit log. There is none that changes it."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("audit.read")
    async def list(
        self, wanted: AuditFilter | None = None, *, limit: int = 50, before: int | None = None
    ) -> Sequence[AuditEntry]:
        """Newest first; with `before`, those older than the entry of that id."""
        return await self._store.list_audit(wanted or AuditFilter(), limit=limit, before=before)

    @operation("audit.read")
    async def export(self, wanted: AuditFilter | None = None) -> AsyncIterator[AuditEntry]:
        """All of it, oldest first, a piece at a time."""
        after = 0
        while True:
            entries = await self._store.read_audit(wanted or AuditFilter(), after=after, limit=_AT_ONCE)
            for entry in entries:
                yield entry
            if len(entries) < _AT_ONCE:
                return
            after = entries[-1].id

    @operation("audit.read")
    async def verify(self) -> Verdict:
        """Go through the whole log."""
        last, digest = 0, ""
        while True:
            reached, digest, broken = await self._store.verify_audit(after=last, digest=digest, limit=_AT_ONCE)
            if broken is not None or reached - last < _AT_ONCE:
                return Verdict(reached, digest, broken)
            last = reached
