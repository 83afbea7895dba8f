"""Drafts: what is being written of a workflow's next version."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from typing import Any, cast

from treadle.authoring.check.file import check_file
from treadle.authoring.document import Loaded, load_workflow
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.service.access.operation import operation
from treadle.service.application import Application
from treadle.store.drafts import Draft, unknown_draft

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Drafts:
    """A draft is kept as it was written, unfinished and wrong as it may be; it is checked when it is published."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store

    @operation("workflows.edit", on="workflow")
    async def save(self, workflow: str, text: str, *, revision: int | None = None) -> Draft:
        """Write the draft of `workflow` over the one with this revision (None: there is none yet).

        Raises `InvalidWorkflow` (`invalid_name`, `empty_draft`), and `Conflict` (`draft_changed`) when somebody else
        has changed it; theirs stays as it is.
        """
        if not is_name(workflow):
            raise InvalidWorkflow(
                f"`{workflow}` cannot be a workflow's name.",
                code="invalid_name",
                remedy="Write small letters, digits and single hyphens: `order-desk`.",
            )
        if not text.strip():
            raise InvalidWorkflow(
                "An empty text is no draft.",
                code="empty_draft",
                remedy=f"To be rid of the draft, discard it: `treadle draft discard {workflow}`.",
            )
        versions = await self._store.list_versions(workflow)
        base = versions[0].version if versions else None
        form = "steps" if re.search(r"^\s*\"?steps\"?\s*:", text, re.MULTILINE) else "nodes"
        about = await asyncio.to_thread(_about, text, self.application.registry)
        return await self._store.save_draft(
            workflow, text, revision=revision, form=form, base_version=base, about=about
        )

    @operation("workflows.read", on="workflow")
    async def get(self, workflow: str) -> Draft:
        """Raises `NotFound` (`unknown_draft`)."""
        draft = await self._store.find_draft(workflow)
        if draft is None:
            raise unknown_draft(workflow)
        return draft

    @operation("workflows.list")
    async def list(self) -> Sequence[Draft]:
        """Those changed last come first."""
        hidden = await self.application.access.find_hidden(self.application.actor)
        return [draft for draft in await self._store.list_drafts() if draft.workflow not in hidden]

    @operation("workflows.edit", on="workflow")
    async def discard(self, workflow: str, *, revision: int | None = None) -> None:
        """Raises `NotFound` (`unknown_draft`), `Conflict` (`draft_changed`) when it is not at `revision`."""
        await self._store.discard_draft(workflow, revision=revision)

    async def leave(self, workflow: str, *, revision: int) -> None:
        """Discard it, unless somebody has gone on with it meanwhile."""
        with contextlib.suppress(Conflict, NotFound):
            await self._store.discard_draft(workflow, revision=revision)

    def look_at(self, draft: Draft) -> Loaded:
        """The draft as a workflow file: what could be read of it, and every problem with its line."""
        return check_file(draft.document.encode(), self.application.registry, source=f"draft of {draft.workflow}")

    @operation("workflows.read", on="workflow")
    async def read(self, workflow: str) -> Workflow:
        """The workflow that the draft holds, as far as it can be read. Raises `NotFound`, `InvalidWorkflow`."""
        loaded = await asyncio.to_thread(self.look_at, await self.get(workflow))
        if not loaded.workflows:
            raise _refused(workflow, loaded, "cannot be read")
        return loaded.workflows[0]

    async def check(self, workflow: str, *, revision: int | None = None) -> tuple[Draft, Workflow]:
        """The draft and the one workflow it holds, fit to be published. Raises `NotFound`, `Conflict`
        (`draft_changed`), `InvalidWorkflow` with every issue."""
        draft = await self.get(workflow)
        if revision is not None and draft.revision != revision:
            raise Conflict(
                f"The draft of `{workflow}` is at revision {draft.revision}, not {revision}.",
                code="draft_changed",
                remedy="Look at what has changed, and publish that. Nothing has been published.",
                workflow=workflow,
                revision=draft.revision,
            )
        loaded = await asyncio.to_thread(self.look_at, draft)
        if not loaded.result.valid:
            raise _refused(workflow, loaded, "cannot be published")
        if len(loaded.workflows) != 1 or loaded.workflows[0].name != workflow:
            names = ", ".join(f"`{one.name}`" for one in loaded.workflows)
            raise InvalidWorkflow(
                f"The draft of `{workflow}` holds {names}.",
                code="wrong_name",
                remedy=f"Name the one workflow in it `{workflow}`, or save the draft under its name.",
            )
        return draft, loaded.workflows[0]


def _about(text: str, registry: Registry) -> dict[str, Any] | None:
    """What lists show of a draft: its title, description and tags, as far as it can be read."""
    documents = load_workflow(text, catalogue=registry).documents
    content = documents[0].data if documents else None
    if not isinstance(content, dict):
        return None
    found = cast("dict[str, Any]", content)
    tags = cast("list[Any]", found["tags"]) if isinstance(found.get("tags"), list) else []
    about: dict[str, Any] = {key: found[key] for key in ("title", "description") if isinstance(found.get(key), str)}
    return {**about, "tags": [tag for tag in tags if isinstance(tag, str)]}


def is_name(text: str) -> bool:
    """Whether a workflow, or a deployment, may be called so."""
    return _NAME.fullmatch(text) is not None and len(text) <= 100


def _refused(workflow: str, loaded: Loaded, why: str) -> InvalidWorkflow:
    number = len(loaded.result.errors)
    return InvalidWorkflow(
        f"The draft of `{workflow}` {why}: {number} problem{'' if number == 1 else 's'}.", issues=loaded.result.issues
    )
