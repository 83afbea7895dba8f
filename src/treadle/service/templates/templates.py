"""The operations on templates: found, looked at, recommended, made workflows of, rated."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.issue import Issue
from treadle.model.run import Origin
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.definition import check_text
from treadle.service.drafts import is_name
from treadle.service.templates.filling import blame, check_parameters, fill
from treadle.service.templates.library import Library
from treadle.service.templates.recommending import Context, Recommendation, recommend
from treadle.service.templates.standing import Statistics
from treadle.service.templates.template import Requirement, Template
from treadle.service.workflows import Workflows
from treadle.store.templates import Review, TemplateUse

LONGEST_COMMENT = 2_000
MOST_RECOMMENDED = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A template, and what has become of it."""

    template: Template
    statistics: Statistics


@dataclass(frozen=True, slots=True)
class Made:
    """A workflow that was made of a template. `missing` secrets are neither in the store nor in the environment: they
    have to be set, or be fields of the profile that a deployment is bound to."""

    workflow: str
    template: str
    published: bool
    requirements: Sequence[Requirement]
    missing: Sequence[str]


class Templates:
    """Looking at templates and using them; `treadle.service.templates.publishing` makes them."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._library = Library(application.store, application.registry)

    @operation("templates.list")
    async def list(
        self,
        *,
        search: str | None = None,
        category: str | None = None,
        tag: str | None = None,
        difficulty: str | None = None,
    ) -> Sequence[Listed]:
        """By name. `search` is looked for in name, title, description, category and tags, every word of it."""
        words = (search or "").lower().split()
        known = await self._library.measure()
        return [
            Listed(one, known.get(one.name, Statistics()))
            for one in await self._library.list()
            if category in (None, one.category)
            and difficulty in (None, one.difficulty)
            and (tag is None or tag in one.tags)
            and all(word in _text(one) for word in words)
        ]

    @operation("templates.read")
    async def get(self, name: str) -> Listed:
        """Raises `NotFound` (`unknown_template`) with the nearest name."""
        found = await self._library.get(name)
        return Listed(found, await self._library.measure_one(name))

    @operation("templates.list")
    async def recommend(self, context: Context, *, limit: int = 5) -> Sequence[Recommendation]:
        """Those that fit what is looked for, the best first, and why."""
        known = await self._library.measure()
        found = [(one, known.get(one.name, Statistics())) for one in await self._library.list() if one.result.valid]
        return recommend(found, context, limit=max(1, min(limit, MOST_RECOMMENDED)))

    @operation("templates.read")
    async def export(self, name: str) -> str:
        """Its file. Raises `NotFound`."""
        return (await self._library.get(name)).text

    @operation("templates.read")
    async def uses(self, name: str) -> Sequence[TemplateUse]:
        """The workflows made of it that the actor may see, the newest first. Raises `NotFound`."""
        await self._library.get(name)
        hidden = await self.application.access.find_hidden(self.application.actor)
        return [one for one in await self._store.list_template_uses(name) if one.workflow not in hidden]

    @operation("workflows.create")
    async def instantiate(
        self,
        template: str,
        name: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        title: str | None = None,
        tags: Collection[str] = (),
        publish: bool = False,
        note: str | None = None,
    ) -> Made:
        """A new workflow called `name`, with a draft that is fit to be published, or published at once. It belongs to
        the actor.

        Raises `InvalidWorkflow` (`invalid_parameters`) with everything that is wrong at once, `NotFound`
        (`unknown_template`), `Conflict` (`workflow_exists`), `LimitExceeded` (`quota_exceeded`); nothing has been made
        then.
        """
        found, given = await self._library.get(template), parameters or {}
        issues = list(check_parameters(found, given))
        if not is_name(name):
            said = f"`{name[:120]}` cannot be a workflow's name."
            remedy = "Write small letters, digits and single hyphens, 100 at most: `order-desk`."
            issues.append(Issue("invalid_name", said, ("name",), remedy=remedy))
        elif issues and await self._store.has_workflow(name):
            said = f"There is a workflow `{name}` already."
            issues.append(Issue("workflow_exists", said, ("name",), remedy="Choose another name."))
        if not issues:
            text = await asyncio.to_thread(fill, found, given, name=name, title=title)
            loaded = await check_text(text, self.application.registry)
            issues = [blame(found, issue) for issue in loaded.result.errors]
            if not issues:
                await Workflows(self.application).create(text, name=name, tags=tags, publish=publish, note=note)
                await self._store.note_template_use(found.name, name)
                note_details(template=found.name, workflow=name)
                return Made(name, found.name, publish, found.requirements, await self._missing(found))
        raise InvalidWorkflow(
            f"No workflow can be made of `{found.name}`: {' '.join(issue.message for issue in issues[:3])}"
            + (" …" if len(issues) > 3 else ""),
            code="invalid_parameters",
            remedy=issues[0].remedy if len(issues) == 1 else "Correct everything that is listed.",
            issues=tuple(issues),
        )

    @operation("templates.rate")
    async def rate(self, template: str, rating: int, *, comment: str | None = None) -> Statistics:
        """Say what one thinks of it, from 1 to 5, over what one said before. Raises `NotFound`, `InvalidWorkflow`
        (`invalid_rating`)."""
        comment = (comment or "").strip() or None
        if not 1 <= rating <= 5 or len(comment or "") > LONGEST_COMMENT:
            raise InvalidWorkflow(
                f"`{rating}` is no rating." if not 1 <= rating <= 5 else "The comment is too long.",
                code="invalid_rating",
                remedy=f"Give 1 (of no use) to 5, and a comment of at most {LONGEST_COMMENT} characters.",
            )
        found, actor = await self._library.get(template), self.application.actor
        redactor = self.application.world.redactor_for(Origin(account=actor.user_id))
        comment = None if comment is None else redactor.text(comment)
        await self._store.put_review(found.name, actor.user_id or "", name=actor.name, rating=rating, comment=comment)
        return await self._library.measure_one(found.name)

    @operation("templates.rate")
    async def unrate(self, template: str) -> None:
        """Take back what one said. Raises `NotFound` (`unknown_template`, `not_rated`)."""
        found = await self._library.get(template)
        if not await self._store.delete_review(found.name, self.application.actor.user_id or ""):
            said = f"You have not rated `{found.name}`."
            raise NotFound(said, code="not_rated", remedy="Nothing has to be done.", template=found.name)

    @operation("templates.read")
    async def reviews(self, template: str) -> Sequence[Review]:
        """What users say of it, the newest first. Raises `NotFound`."""
        return await self._store.list_reviews((await self._library.get(template)).name)

    async def _missing(self, template: Template) -> Sequence[str]:
        await self.application.vault.refresh()
        known = self.application.world.secrets
        return [one.name for one in template.requirements if one.kind == "secret" and one.name not in known]


def _text(one: Template) -> str:
    return " ".join([one.name, one.title, one.description, one.category, *one.tags]).lower()
