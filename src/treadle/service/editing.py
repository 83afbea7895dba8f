"""Who is editing a workflow, so that two people do not write past each other."""

from __future__ import annotations

from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.service.workflows import Workflows
from treadle.store.editing import Editor


class Editing:
    """One window edits a workflow at a time, by agreement: it says so every 20 seconds (`treadle.store.editing` says
    after how many it counts as gone). Nothing is lost without it: a draft that has changed is not written over."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._workflows = Workflows(application)

    @operation("workflows.edit", on="workflow", of="name")
    async def keep(self, name: str, window: str, *, take_over: bool = False) -> Editor:
        """Say that `window` edits it, and hear who does: somebody else, when they were there first and nobody has
        taken over from them. Raises `NotFound`."""
        await self._workflows.get(name)
        actor = self.application.actor
        return await self._store.keep_editing(name, window, user_id=actor.user_id, name=actor.name, take_over=take_over)

    @operation("workflows.read", on="workflow", of="name")
    async def find(self, name: str) -> Editor | None:
        """Who edits it; None: nobody. Raises `NotFound`."""
        await self._workflows.get(name)
        return await self._store.find_editor(name)

    @operation("workflows.edit", on="workflow", of="name")
    async def end(self, name: str, window: str) -> None:
        """The window is closed. Nothing where somebody else edits it. Raises `NotFound`."""
        await self._workflows.get(name)
        await self._store.end_editing(name, window)
