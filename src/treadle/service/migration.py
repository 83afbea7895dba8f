"""Documents of other programs brought in: workflows of them, credentials into profiles, and a report."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from treadle.authoring.check.file import check_file
from treadle.authoring.importing.convert import convert, is_foreign, is_refused
from treadle.authoring.importing.converted import Conversion, Converted
from treadle.authoring.importing.credentials import FoundProfile
from treadle.authoring.importing.starter import Starter
from treadle.authoring.importing.strategies import STRATEGIES
from treadle.errors import Conflict, InvalidWorkflow, NotFound
from treadle.model.issue import Issue
from treadle.node.registry import Registry
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.definition import MOST, check_text
from treadle.service.templates.filling import fill_data
from treadle.service.templates.reading import read_template, value_problems
from treadle.service.templates.shipped import shipped_texts
from treadle.service.templates.template import Template
from treadle.service.transfer import Exported, IfExists, Imported, Transfer
from treadle.service.vault.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Migrated:
    """A workflow that came of a document. `problems` is what is wrong in it; `outcome` None: nothing was written."""

    report: Converted
    problems: Sequence[Issue]
    outcome: Imported | None = None

    def to_dict(self) -> dict[str, Any]:
        return {**self.report.to_dict(), "problems": [issue.to_dict() for issue in self.problems]}


_read: WeakKeyDictionary[Registry, dict[str, Starter]] = WeakKeyDictionary()


class ShippedStarters(Mapping[str, Starter]):
    """The templates that strategies are made of; each is read when it is asked for, and once for a registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known = _read.setdefault(registry, {})

    def __getitem__(self, name: str) -> Starter:
        if name not in self._known:
            text = next((text for file, text in shipped_texts() if file == f"{name}.yaml"), None)
            if text is None:
                raise KeyError(name)
            template, _ = read_template(check_file(text, self._registry, source="template"), self._registry)
            if template is None:
                raise KeyError(name)
            self._known[name] = starter_of(template)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(one.template for one in STRATEGIES))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def starter_of(template: Template) -> Starter:
    schemas = {one.name: one.schema for one in template.parameters}

    def problems(name: str, value: Any) -> list[str]:
        return value_problems(schemas[name], value)

    def fill(given: Mapping[str, Any], name: str, title: str | None) -> dict[str, Any]:
        return fill_data(template, given, name=name, title=title)

    return Starter(template.name, schemas, problems, fill, template.document.rewrite)


async def convert_text(
    text: str | bytes, registry: Registry, *, name: str = "imported"
) -> tuple[Conversion, list[Migrated]]:
    """What a file comes to, each workflow of it checked. Nothing is written. Raises `LimitExceeded`."""
    starters = ShippedStarters(registry)
    conversion = await asyncio.to_thread(convert, text, catalogue=registry, starters=starters, name=name)
    migrated: list[Migrated] = []
    for one in conversion.workflows:
        checked = await check_text(one.text, registry, source=f"{one.name}.yaml")
        migrated.append(Migrated(one, checked.result.issues))
    return conversion, migrated


async def is_migrant(text: str) -> bool:
    """Whether this is a file of another program, and not a workflow file."""
    return len(text) <= MOST and await asyncio.to_thread(is_foreign, text)


def require_good(conversion: Conversion, source: str) -> None:
    """Raises `InvalidWorkflow` with everything that is wrong with the file."""
    if is_refused(conversion.result):
        errors = len(conversion.result.errors)
        raise InvalidWorkflow(
            f"`{source}` cannot be imported: {errors} problem{'s' if errors != 1 else ''}. Nothing has been written.",
            code="cannot_import",
            remedy="Correct the document, or take out what is not to come along.",
            issues=conversion.result.issues,
            source=source,
        )
    if not conversion.workflows:
        raise InvalidWorkflow(f"`{source}` holds nothing to import.", code="cannot_import", source=source)


class Migration:
    """The operations on what other programs have exported."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._credentials = Credentials(application)

    @operation("workflows.create")
    async def import_text(
        self, text: str, *, if_exists: IfExists = "refuse", name: str = "imported", dry_run: bool = False
    ) -> Sequence[Migrated]:
        """Make drafts of the documents of a file, and profiles of the credentials in it: all, or nothing.

        Raises `InvalidWorkflow` (`cannot_import`) with every problem, `Conflict` (`workflow_exists`,
        `profile_exists`), `Forbidden` where credentials are in it and the actor may not keep any.
        """
        conversion, migrated = await convert_text(text, self.application.registry, name=name)
        require_good(conversion, "the file")
        if dry_run:
            return migrated
        made = await self._keep([one.report for one in migrated])
        bundle = [Exported(one.report.name, one.report.text) for one in migrated]
        try:
            outcomes = await Transfer(self.application).import_all(bundle, if_exists=if_exists)
        except BaseException:
            await self._forget(made)
            raise
        return [replace(one, outcome=outcome) for one, outcome in zip(migrated, outcomes, strict=True)]

    @operation("profiles.write")
    async def keep_credentials(self, reports: Sequence[Converted]) -> Sequence[str]:
        """Profiles of the credentials that were in documents; the names of those that are new. See `import_text`."""
        return await self._keep(reports)

    async def _keep(self, reports: Sequence[Converted]) -> list[str]:
        profiles = [profile for one in reports for profile in one.profiles]
        if not profiles:
            return []
        await self.application.access.require(self.application.actor, "profiles.write")
        new = [profile for profile in profiles if not await self._is_there(profile)]
        made: list[str] = []
        try:
            for profile in new:
                await self._credentials.create_profile(
                    profile.name, provider=profile.provider, fields=dict(profile.fields)
                )
                made.append(profile.name)
        except BaseException:
            await self._forget(made)
            raise
        note_details(profiles=made)
        return made

    async def _is_there(self, profile: FoundProfile) -> bool:
        """Whether there is just this profile. Raises `Conflict` where there is another one of its name."""
        try:
            await self._credentials.get_profile(profile.name)
        except NotFound:
            return False
        await self.application.vault.refresh()
        known = self.application.world.profiles.get(profile.name)
        if known is not None and dict(known) == dict(profile.fields):
            return True
        raise Conflict(
            f"There is a profile `{profile.name}`, with other credentials. Nothing has been imported.",
            code="profile_exists",
            remedy="Delete or rename it, or name another profile in the document.",
            profile=profile.name,
        )

    async def _forget(self, names: Sequence[str]) -> None:
        for name in names:
            await self._credentials.delete_profile(name, force=True)
