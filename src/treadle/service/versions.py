"""Versions: published, listed, compared, made the latest again; never changed, never removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from treadle.dispatch.plans import read_version
from treadle.errors import Conflict
from treadle.model.workflow import Workflow
from treadle.service.access.operation import note_details, operation
from treadle.service.application import Application
from treadle.service.arming import release
from treadle.service.calls import require_reach
from treadle.service.confirming import Confirming
from treadle.service.drafts import Drafts
from treadle.service.vault.credentials import Credentials
from treadle.service.version_names import DRAFT, LATEST, find_version, list_known
from treadle.store.versions import Following, Release, Version


@dataclass(frozen=True, slots=True)
class Standing:
    """A version with who uses it: `deployments` by name, and how many unfinished `runs` by their status.
    `rolled_back` is how it became the latest the last time, where that was by rolling back."""

    version: Version
    is_latest: bool
    deployments: tuple[str, ...]
    runs: Mapping[str, int]
    rolled_back: Release | None = None

    @property
    def waiting(self) -> int:
        """Runs that wait, and could be moved to another version."""
        return self.runs.get("suspended", 0) + self.runs.get("queued", 0)


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to. `is_new`: it was not published before; `was_latest`: nothing has changed at all."""

    version: Version
    is_new: bool
    was_latest: bool


class Versions:
    """The operations on versions."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.drafts = Drafts(application)
        self._store = application.store

    @operation("workflows.read", on="workflow")
    async def list(self, workflow: str) -> Sequence[Standing]:
        """The versions of a workflow, the latest first; none of what is only a draft. Raises `NotFound` with the
        nearest name."""
        if await self._store.find_draft(workflow) is not None and not await self._store.list_versions(workflow):
            return []
        versions = await list_known(self._store, workflow)
        runs = await self._store.count_runs_by_version(workflow)
        users: dict[str, list[str]] = {}
        for deployment in await self._store.list_deployments():
            if deployment.workflow == workflow:
                users.setdefault(deployment.version or versions[0].version, []).append(deployment.name)
        last: dict[str, Release] = {}
        for one in await self._store.list_releases(workflow):
            last.setdefault(one.version, one)
        restored = {version: one for version, one in last.items() if one.kind == "rolled_back"}
        return [
            Standing(
                one, at == 0, tuple(users.get(one.version, ())), runs.get(one.version, {}), restored.get(one.version)
            )
            for at, one in enumerate(versions)
        ]

    @operation("workflows.read", on="workflow")
    async def releases(self, workflow: str) -> Sequence[Release]:
        """Which version was made the latest when, and by whom; newest first. Raises `NotFound`."""
        await list_known(self._store, workflow)
        return await self._store.list_releases(workflow)

    @operation("workflows.read", on="workflow")
    async def resolve(self, workflow: str, text: str = LATEST, *, trials: bool = False) -> Version:
        """The version that `text` means: a number (`3`, `v3`), the beginning of its digest, or `latest`.

        Raises `NotFound` (`unknown_workflow`, `unknown_version`), and `Conflict`: `ambiguous_version`, or
        `not_published` for `draft` and, without `trials`, for what was only run as a test.
        """
        return await find_version(self._store, workflow, text, trials=trials)

    @operation("workflows.read", on="workflow")
    async def read(self, workflow: str, text: str = LATEST) -> Workflow:
        """The workflow that a version holds; `draft` too. Raises as `resolve` does, and `InvalidWorkflow` for a draft
        that cannot be read."""
        if text == DRAFT:
            return await self.drafts.read(workflow)
        return read_version((await self.resolve(workflow, text, trials=True)).document)

    @operation("workflows.publish", on="workflow")
    async def publish(
        self, workflow: Workflow, *, source: str | None = None, note: str | None = None, author: str | None = None
    ) -> Published:
        """Check a workflow and make it the latest version of its name.

        What is published already is said to be; nothing of it changes, its note included. Raises `InvalidWorkflow`
        with every issue.
        """
        self.application.check(workflow)
        before = [release.version for release in await self._store.list_releases(workflow.name)]
        was_latest = before[:1] == [workflow.version]
        await self.application.publish(workflow, source=source, note=note, author=author)
        version = await self._store.get_version(workflow.name, workflow.version)
        note_details(version=version.number)
        return Published(version, is_new=workflow.version not in before, was_latest=was_latest)

    @operation("workflows.publish", on="workflow")
    async def publish_draft(
        self, workflow: str, *, revision: int | None = None, note: str | None = None, author: str | None = None
    ) -> Published:
        """Publish a draft, which is gone then. Raises `NotFound` (`unknown_draft`), `InvalidWorkflow` with every
        issue, `Conflict` (`draft_changed`) where it is not at `revision`; the draft stays as it is. Also `Conflict`
        (`nothing_to_publish`) where there is no draft any more: what was in it is published."""
        await self._require_draft(workflow)
        draft, read = await self.drafts.check(workflow, revision=revision)
        published = await self.publish(read, source=draft.document, note=note, author=author)
        await self.drafts.leave(workflow, revision=draft.revision)
        return published

    async def _require_draft(self, workflow: str) -> None:
        if await self._store.find_draft(workflow) is not None or not await self._store.list_releases(workflow):
            return
        number = (await self._store.get_version(workflow)).number
        raise Conflict(
            f"There is nothing to publish: `{workflow}` has no draft, and version {number} is its latest.",
            code="nothing_to_publish",
            remedy=f"Save what has changed as a draft first: `treadle draft save {workflow}.yaml`.",
            workflow=workflow,
            version=number,
        )

    @operation("workflows.publish", on="workflow")
    async def roll_back(
        self, workflow: str, text: str, *, note: str | None = None, author: str | None = None
    ) -> Version:
        """Make an older version the latest again, from the next run of each deployment that follows the latest.

        Raises `NotFound`, `Conflict` (`is_latest`) when it is, `Forbidden` (`profile_of_another`).
        """
        version = await self.resolve(workflow, text)
        note_details(rolled_back_to=version.number)
        application = self.application
        found, now = read_version(version.document), application.world.clock.now()
        await require_reach(application, found)
        await Credentials(application).require_usable_by_followers(workflow)
        await Confirming(application).require_of_followers(found)

        async def restore(following: Following) -> bool:
            return await self._store.restore_version(
                workflow, version.version, note=note, author=author, following=following
            )

        if not await release(self._store, application.registry, found, restore, now=now):
            raise Conflict(
                f"Version {version.number} of `{workflow}` is the latest: there is nothing to roll back.",
                code="is_latest",
                remedy=f"Name an older one: `treadle versions {workflow}` lists them.",
                workflow=workflow,
                version=version.version,
            )
        return await self._store.get_version(workflow, version.version)
