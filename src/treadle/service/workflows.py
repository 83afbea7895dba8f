"""Workflows as people list, write and put them away; how they are published is `treadle.service.versions`'s."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from treadle.authoring.difference import Difference, compare_workflows
from treadle.authoring.document import Loaded
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.nearest import suggest
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.calls import require_reach
from treadle.service.definition import (
    Definition,
    check_text,
    define_draft,
    define_version,
    name_in,
    renamed,
    write_content,
)
from treadle.service.drafts import Drafts, is_name
from treadle.service.version_names import DRAFT, LATEST
from treadle.service.versions import Published, Versions
from treadle.store.drafts import Draft
from treadle.store.versions import Version
from treadle.store.workflows import WorkflowFilter, WorkflowSummary, unknown_workflow, workflow_deleted

MOST_TAGS, LONGEST_TAG = 50, 60


class Workflows:
    """The operations on workflows."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.drafts = Drafts(application)
        self.versions = Versions(application)
        self._store = application.store

    @operation("workflows.list")
    async def list(self, which: WorkflowFilter, *, limit: int = 50) -> Sequence[WorkflowSummary]:
        """Those that the actor may see."""
        hidden = await self.application.access.find_hidden(self.application.actor)
        return await self._store.list_workflows(replace(which, hidden=hidden), limit=limit)

    @operation("workflows.list")
    async def tags(self) -> Mapping[str, int]:
        """Every tag of what the actor may see, and how many workflows have it."""
        return await self._store.count_tags(await self.application.access.find_hidden(self.application.actor))

    @operation("workflows.create")
    async def create(
        self,
        definition: str | Mapping[str, Any],
        *,
        name: str | None = None,
        tags: Collection[str] = (),
        publish: bool = False,
        note: str | None = None,
    ) -> str:
        """The name of a new workflow with a draft, which is published at once with `publish`. It belongs to the actor.
        The definition may be unfinished and wrong, as long as it, or `name`, says what it is called.

        Raises `InvalidWorkflow` (`unnamed_workflow`, `wrong_name`, `invalid_name`; and with `publish` every issue:
        nothing has been created then), `Conflict` (`workflow_exists`), `LimitExceeded` (`quota_exceeded`).
        """
        text = definition if isinstance(definition, str) else write_content(definition)
        loaded = await check_text(text, self.application.registry)
        found = _called(loaded, name)
        given = _tags(tags)
        note_details(workflow=found)
        if publish and not loaded.result.valid:
            raise InvalidWorkflow(f"`{found}` cannot be published.", issues=loaded.result.issues)
        if publish and (workflow := loaded.documents[0].workflow) is not None:
            await require_reach(self.application, workflow)
        owner = self.application.actor.user_id
        room = None if owner is None else await self.application.quotas.room_for(owner)
        await self._store.create_workflow(found, owner=owner, tags=given, room=room)
        try:
            draft = await self.drafts.save(found, text)
        except BaseException:
            await self._store.forget_workflow(found)
            raise
        if publish:
            await self.versions.publish_draft(found, revision=draft.revision, note=note, author=self._author)
        return found

    @operation("workflows.read", on="workflow", of="name")
    async def get(self, name: str) -> WorkflowSummary:
        """In the bin or not. Raises `NotFound` (`unknown_workflow`) with the nearest name that the actor may see."""
        found = await self._store.find_workflow(name)
        if found is None:
            hidden = await self.application.access.find_hidden(self.application.actor)
            known = [one for one in await self._store.list_workflow_names() if one not in hidden]
            raise unknown_workflow(name, suggest(name, known, "The list of workflows has those there are."))
        return found

    @operation("workflows.read", on="workflow", of="name")
    async def define(self, name: str, version: str | None = None) -> Definition:
        """The definition of a version (see `find_version`) or the `draft`; by default the latest, and of what was never
        published, the draft. Raises `NotFound`, `Conflict`."""
        if version not in (None, DRAFT):
            with contextlib.suppress(NotFound):  # said with what there is
                found = await self.versions.resolve(name, version, trials=True)
                return await define_version(found, self.application.registry)
        summary = await self.get(name)
        if version is None:
            version = DRAFT if summary.number is None else LATEST
        if version == DRAFT:
            return await define_draft(await self.drafts.get(name), self.application.registry)
        if summary.number is None:
            raise NotFound(
                f"`{name}` has no version yet.", code="unknown_version", remedy="Publish its draft.", workflow=name
            )
        return await define_version(await self.versions.resolve(name, version, trials=True), self.application.registry)

    @operation("workflows.edit", on="workflow", of="name")
    async def save(
        self, name: str, definition: str | Mapping[str, Any], *, revision: int | None = None
    ) -> tuple[Draft, Loaded]:
        """Write the draft over the one at `revision` (None: there is none), unfinished or wrong as it may be.

        Raises `NotFound`, `Conflict` (`draft_changed`, `workflow_deleted`).
        """
        summary = await self.get(name)
        _require_kept(summary)
        if isinstance(definition, str):
            text = definition
        else:
            text = await self._write(summary, definition)
        loaded = await check_text(text, self.application.registry)
        return await self.drafts.save(name, text, revision=revision), loaded

    async def _write(self, summary: WorkflowSummary, content: Mapping[str, Any]) -> str:
        """Content as text: where there is a text already, that one with its comments."""
        current = await self.define(summary.name, DRAFT if summary.revision is not None else None)
        loaded = await check_text(current.text, self.application.registry)
        if len(loaded.documents) == 1:
            try:
                return await asyncio.to_thread(loaded.documents[0].rewrite, content)
            except (InvalidWorkflow, ValueError, TypeError):
                pass  # what is there cannot be kept
        return write_content(content)

    @operation("workflows.publish", on="workflow", of="name")
    async def publish(self, name: str, *, revision: int | None = None, note: str | None = None) -> Published:
        """Make the draft the latest version. Raises `NotFound` (`unknown_draft`), `Conflict` (`draft_changed`,
        `workflow_deleted`), `InvalidWorkflow` with every issue."""
        _require_kept(await self.get(name))
        return await self.versions.publish_draft(name, revision=revision, note=note, author=self._author)

    @operation("workflows.publish", on="workflow", of="name")
    async def roll_back(self, name: str, version: str, *, note: str | None = None) -> Version:
        """Make an older version the latest again. Raises `NotFound`, `Conflict` (`is_latest`, `workflow_deleted`)."""
        _require_kept(await self.get(name))
        return await self.versions.roll_back(name, version, note=note, author=self._author)

    @operation("workflows.delete", on="workflow", of="name")
    async def delete(self, name: str) -> None:
        """Put it into the bin; its versions and runs stay. Raises `NotFound`, `Conflict` (`workflow_deployed`) with the
        deployments that are not stopped."""
        await self.get(name)
        await self._store.delete_workflow(name)

    @operation("workflows.delete", on="workflow", of="name")
    async def restore(self, name: str) -> WorkflowSummary:
        """Take it out of the bin. Raises `NotFound`, `Conflict` (`not_deleted`)."""
        await self.get(name)
        if not await self._store.restore_workflow(name):
            raise Conflict(f"`{name}` is not in the bin.", code="not_deleted", remedy="Nothing has to be done.")
        return await self.get(name)

    @operation("workflows.edit", on="workflow", of="name")
    async def set_tags(self, name: str, tags: Collection[str]) -> WorkflowSummary:
        """The tags it has beside those in its file. Raises `InvalidWorkflow` (`invalid_tag`), `NotFound`."""
        _require_kept(await self.get(name))
        await self._store.set_tags(name, _tags(tags))
        return await self.get(name)

    @operation("workflows.validate")
    async def validate(self, definition: str | Mapping[str, Any]) -> Loaded:
        """What a definition holds, and everything that is wrong in it; nothing is kept."""
        text = definition if isinstance(definition, str) else write_content(definition)
        return await check_text(text, self.application.registry)

    @operation("workflows.read", on="workflow", of="name")
    async def compare(self, name: str, before: str, after: str = LATEST) -> Difference:
        """What is different between two versions, or a version and the `draft`. Raises as `define` does."""
        await self.get(name)
        return compare_workflows(await self.versions.read(name, before), await self.versions.read(name, after))

    @operation("workflows.create")
    async def duplicate(self, name: str, new_name: str, *, version: str | None = None) -> str:
        """A new workflow of the actor's own, with a draft that says the same. Raises as `define` and `create` do."""
        application = self.application
        await application.access.require(application.actor, "workflows.read", "workflow", name)
        _require_name(new_name)
        found = await self.define(name, version)
        loaded = await check_text(found.text, application.registry)
        tags = (await self.get(name)).given_tags
        text = await asyncio.to_thread(renamed, found.text, loaded, new_name)
        return await self.create(text, name=new_name, tags=tags)

    @property
    def _author(self) -> str | None:
        actor = self.application.actor
        return None if actor.is_local else actor.name


def _require_kept(summary: WorkflowSummary) -> None:
    if summary.deleted_at is not None:
        raise workflow_deleted(summary.name)


def _called(loaded: Loaded, name: str | None) -> str:
    if len(loaded.documents) > 1:
        raise InvalidWorkflow(
            f"The definition holds {len(loaded.documents)} workflows.",
            code="several_workflows",
            remedy="Import a file with several; create one at a time.",
        )
    found = name_in(loaded)
    if name is not None and found is not None and found != name:
        raise InvalidWorkflow(
            f"The definition is called `{found}`, and `name` says `{name}`.",
            code="wrong_name",
            remedy="Leave `name` out, or let both say the same.",
        )
    if found is None and name is None and not loaded.documents and loaded.result.errors:
        # Nothing could be read: what is called wrong is the text, not that it names nothing.
        fault = loaded.result.errors[0]
        issues = loaded.result.issues
        raise InvalidWorkflow(fault.message, code=fault.code, remedy=fault.remedy, issues=issues)
    if found is None and name is None:
        raise InvalidWorkflow(
            "The definition does not say what the workflow is called.",
            code="unnamed_workflow",
            remedy="Write `name: order-desk` into it, or send `name` beside it.",
            issues=loaded.result.issues,
        )
    called = found or name or ""
    _require_name(called)
    return called


def _require_name(name: str) -> None:
    if not is_name(name):
        raise InvalidWorkflow(
            f"`{name[:120]}` cannot be a workflow's name.",
            code="invalid_name",
            remedy="Write small letters, digits and single hyphens, 100 at most: `order-desk`.",
        )


def _tags(tags: Collection[str]) -> Sequence[str]:
    found = sorted({tag.strip() for tag in tags})
    wrong = [tag for tag in found if not tag or len(tag) > LONGEST_TAG or not tag.isprintable()]
    if wrong or len(found) > MOST_TAGS:
        raise InvalidWorkflow(
            f"{len(found)} tags are too many." if not wrong else f"`{wrong[0][:LONGEST_TAG]}` cannot be a tag.",
            code="invalid_tag",
            remedy=f"Give at most {MOST_TAGS}, each of 1 to {LONGEST_TAG} printable characters.",
        )
    return found
