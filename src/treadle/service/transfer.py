"""Workflows taken out as files and put in again: one, or several in a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from treadle.errors import Conflict, InvalidWorkflow
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.definition import check_text
from treadle.service.workflows import Workflows
from treadle.store.workflows import WorkflowFilter

MOST = 200
"""Workflows in one bundle."""
IfExists = Literal["refuse", "draft", "skip"]
Outcome = Literal["created", "drafted", "skipped"]


@dataclass(frozen=True, slots=True)
class Exported:
    """One workflow of a bundle: its text, and the tags it was given beside it."""

    name: str
    text: str
    tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one workflow; `problems` says how much is wrong in its draft."""

    name: str
    outcome: Outcome
    problems: int = 0


class Transfer:
    """Export and import."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._workflows = Workflows(application)

    @operation("workflows.read", on="workflow", of="name")
    async def export(self, name: str, version: str | None = None) -> str:
        """A workflow's text as YAML; by default of its latest version, or else its draft. Raises `NotFound`."""
        return (await self._workflows.define(name, version)).yaml

    @operation("workflows.list")
    async def export_all(self, names: Sequence[str] | None = None) -> Sequence[Exported]:
        """A bundle of the workflows called so; None: of all that the actor may see. Raises `NotFound`."""
        access, actor = self.application.access, self.application.actor
        if names is None:
            names = [one.name for one in await self._workflows.list(WorkflowFilter(), limit=MOST + 1)]
        if len(names) > MOST:
            raise InvalidWorkflow(
                f"A bundle holds at most {MOST} workflows.", code="too_many", remedy="Name those you want."
            )
        bundle: list[Exported] = []
        for name in dict.fromkeys(names):
            await access.require(actor, "workflows.read", "workflow", name)
            summary = await self._workflows.get(name)
            bundle.append(Exported(name, await self.export(name), summary.given_tags))
        return bundle

    @operation("workflows.create")
    async def import_text(self, text: str, *, if_exists: IfExists = "refuse") -> Sequence[Imported]:
        """Put in every workflow of a file, each as a draft. See `import_all`."""
        loaded = await check_text(text, self.application.registry)
        named = [(one.workflow.name, one) for one in loaded.documents if one.workflow is not None]
        wrong = {"invalid_name", "duplicate_name", "empty_file"}
        if not named or any(issue.code in wrong for issue in loaded.result.issues):
            raise InvalidWorkflow("The file cannot be imported.", issues=loaded.result.issues)
        return await self.import_all([Exported(name, one.dump()) for name, one in named], if_exists=if_exists)

    @operation("workflows.create")
    async def import_all(self, bundle: Sequence[Exported], *, if_exists: IfExists = "refuse") -> Sequence[Imported]:
        """Put in every workflow of a bundle, each as a draft; `if_exists` says what becomes of one that is there.

        Raises `Conflict` (`workflow_exists`) for `refuse`, with all that are there; nothing has been imported then.
        """
        if len(bundle) > MOST:
            raise InvalidWorkflow(f"A bundle holds at most {MOST} workflows.", code="too_many", remedy="Split it.")
        store = self.application.store
        known = set(await store.list_workflow_names())
        there = [one.name for one in bundle if one.name in known]
        for one in bundle:
            if one.name not in known and await store.find_deleted(one.name):
                raise Conflict(
                    f"A workflow `{one.name}` is in the bin. Nothing has been imported.",
                    code="workflow_exists",
                    remedy="Restore it first.",
                    workflow=one.name,
                )
        if there and if_exists == "refuse":
            raise Conflict(
                f"There are workflows called so already: {', '.join(f'`{name}`' for name in there[:10])}.",
                code="workflow_exists",
                remedy="Say `if_exists`: `draft` writes their drafts, `skip` leaves them as they are.",
            )
        note_details(workflows=[one.name for one in bundle])
        return [await self._import(one, known, if_exists) for one in bundle]

    async def _import(self, one: Exported, known: set[str], if_exists: IfExists) -> Imported:
        if one.name not in known:
            await self._workflows.create(one.text, name=one.name, tags=one.tags)
            found = await self._workflows.define(one.name)
            return Imported(one.name, "created", len(found.result.errors))
        if if_exists == "skip":
            return Imported(one.name, "skipped")
        access, actor = self.application.access, self.application.actor
        await access.require(actor, "workflows.edit", "workflow", one.name)
        summary = await self._workflows.get(one.name)
        _, loaded = await self._workflows.save(one.name, one.text, revision=summary.revision)
        return Imported(one.name, "drafted", len(loaded.result.errors))
