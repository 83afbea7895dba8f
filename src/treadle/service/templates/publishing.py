"""Making templates: of a workflow, or of a file from elsewhere; and taking them back."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from treadle.authoring.saving import dump_data
from treadle.errors import Forbidden, InvalidWorkflow
from treadle.model.duration import format_duration
from treadle.model.issue import Issue
from treadle.model.run import Origin
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.definition import check_text
from treadle.service.templates.library import Library
from treadle.service.templates.reading import SECTION, read_template
from treadle.service.templates.stripping import Stripped, Stripping
from treadle.service.templates.template import Difficulty, Template
from treadle.service.workflows import Workflows
from treadle.store.templates import template_exists


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a template beside what its workflow says of itself; None: as the workflow has it.

    `parameters` are written as in a file, by name; None: every input with a default.
    """

    title: str | None = None
    description: str | None = None
    category: str = "general"
    tags: Sequence[str] | None = None
    difficulty: Difficulty = "beginner"
    duration: float | None = None
    parameters: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class PublishedTemplate:
    """A template that others can use now, and what was taken out of the workflow before."""

    template: Template
    stripped: Sequence[Stripped] = ()


class TemplatePublishing:
    """Everybody who may see templates sees what is published."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._store = application.store
        self._library = Library(application.store, application.registry)

    @operation("templates.publish", on="workflow")
    async def publish(
        self,
        workflow: str,
        *,
        name: str | None = None,
        version: str | None = None,
        about: About | None = None,
        replace: bool = False,
    ) -> PublishedTemplate:
        """Make a template of a version (by default the latest, or else the draft), called as the workflow is unless
        `name` says otherwise.

        Comments, profile ids, recorded data, and values that are or look like credentials stay behind; what a run
        cannot do without becomes a parameter. Raises `NotFound`, `InvalidWorkflow` (`invalid_template`) with everything
        that is wrong, `Conflict` (`template_exists`), `Forbidden` (`not_your_template`).
        """
        definition = await Workflows(self.application).define(workflow, version)
        if definition.content is None or not definition.result.valid:
            raise InvalidWorkflow(
                f"`{workflow}` cannot be made a template: it cannot run.",
                code="invalid_template",
                remedy="Correct it first.",
                issues=definition.result.issues,
            )
        await self.application.vault.refresh()
        whose = {self.application.actor.user_id, (await self.application.store.find_holding(workflow)).owner}
        redactors = [self.application.world.redactor_for(Origin(account=one)) for one in whose]
        data = copy.deepcopy(dict(definition.content))
        stripping = Stripping(data, is_secret=lambda text: any(one.text(text) != text for one in redactors))
        data.pop(SECTION, None)
        _describe(data, name or workflow, about or About())
        stripping.run()
        data[SECTION] = _section(data, about or About(), stripping.parameters)
        saved = await self._save(dump_data(data), replace=replace, issues=stripping.issues)
        note_details(template=saved.name, stripped=[one.place for one in stripping.stripped])
        return PublishedTemplate(saved, tuple(stripping.stripped))

    @operation("templates.import")
    async def import_text(self, text: str, *, replace: bool = False) -> PublishedTemplate:
        """Publish a template from its file. Raises as `publish` does."""
        saved = await self._save(text, replace=replace)
        note_details(template=saved.name)
        return PublishedTemplate(saved)

    @operation("templates.import")
    async def delete(self, name: str) -> None:
        """Take a published template back, with what was said of it; workflows made of it stay. Raises `NotFound`,
        `Forbidden` (`not_your_template`)."""
        found = await self._library.get(name)
        note_details(template=found.name)
        if found.source == "shipped":
            raise Forbidden(
                f"The template `{name}` comes with Treadle.",
                code="not_your_template",
                remedy="It cannot be taken back; it need not be used.",
                template=name,
            )
        self._require_own(name, found.owner)
        await self._store.delete_template(name)

    async def _save(self, text: str, *, replace: bool, issues: Sequence[Issue] = ()) -> Template:
        registry = self.application.registry
        template, result = read_template(await check_text(text, registry, source="template"), registry)
        found = [*issues, *result.errors]
        if template is None or found:
            raise InvalidWorkflow(
                "This cannot be made a template: " + " ".join(issue.message for issue in found[:3]),
                code="invalid_template",
                remedy=found[0].remedy if len(found) == 1 else "Correct everything that is listed.",
                issues=tuple(found),
            )
        if await self._library.find_shipped(template.name) is not None:
            raise template_exists(template.name, ours=True)
        actor = self.application.actor
        stored = await self._store.find_template(template.name)
        if stored is not None and replace:
            self._require_own(template.name, stored.owner)
        owner, author = actor.user_id, None if actor.is_local else actor.name
        await self._store.save_template(template.name, text, owner=owner, author=author, replaces=replace)
        return await self._library.get(template.name)

    def _require_own(self, name: str, owner: str | None) -> None:
        actor = self.application.actor
        if actor.is_local or actor.role == "admin" or (owner is not None and owner == actor.user_id):
            return
        raise Forbidden(
            f"The template `{name}` is not yours.",
            code="not_your_template",
            remedy="Ask whoever published it, or an administrator; or choose another name.",
            template=name,
        )


def _describe(data: dict[str, Any], name: str, about: About) -> None:
    data["name"] = name
    if about.title is not None:
        data["title"] = about.title
    if about.description is not None:
        data["description"] = about.description
    if about.tags is not None:
        data["tags"] = list(about.tags)


def _section(data: Mapping[str, Any], about: About, stripped: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    parameters: dict[str, Any] = {name: dict(spec) for name, spec in (about.parameters or {}).items()}
    if about.parameters is None:
        inputs: Any = data.get("inputs")
        for name, schema in cast("dict[str, Any]", inputs if isinstance(inputs, dict) else {}).items():
            if isinstance(schema, dict) and "default" in schema:
                parameters[name] = {}
    section: dict[str, Any] = {"category": about.category, "difficulty": about.difficulty}
    if about.duration is not None:
        section["duration"] = format_duration(about.duration)
    for name, spec in stripped.items():
        parameters[name] = {**parameters.get(name, {}), **spec}
    if parameters:
        section["parameters"] = parameters
    return section
