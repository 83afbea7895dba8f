"""How a version may be written: its number (`3`, `v3`), the beginning of its digest, or `latest`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from treadle.errors import Conflict, NotFound
from treadle.model.nearest import suggest
from treadle.store.versions import Version

LATEST, DRAFT = "latest", "draft"
_NUMBER = re.compile(r"v?(\d{1,9})")
_DIGEST = re.compile(r"[0-9a-f]{4,12}")
_WHOLE = 12
_WAYS = "its number (`3`), the beginning of its digest (4 letters or more), or `latest`"


class VersionStore(Protocol):
    async def get_version(self, workflow: str, version: str | None = None) -> Version: ...
    async def list_versions(self, workflow: str | None = None) -> list[Version]: ...


async def find_version(store: VersionStore, workflow: str, text: str = LATEST, *, trials: bool = False) -> Version:
    """The version that `text` means; with `trials` also one that was only run as a test. Raises `NotFound`
    (`unknown_workflow`, `unknown_version`), and `Conflict`: `ambiguous_version`, or `not_published` for `draft` and for
    trials."""
    if len(text) == _WHOLE and _DIGEST.fullmatch(text):
        try:
            found = await store.get_version(workflow, text)
        except NotFound:
            pass  # said with what there is
        else:
            if found.is_trial and not trials:
                raise Conflict(
                    f"`{text}` of `{workflow}` has only been run as a test: it was never published.",
                    code="not_published",
                    remedy=f"Publish it first: `treadle publish {workflow}`.",
                    workflow=workflow,
                    version=text,
                )
            return found
    versions = await list_known(store, workflow)
    if text == LATEST:
        return versions[0]
    if text == DRAFT:
        raise Conflict(
            f"The draft of `{workflow}` is no version yet: a run needs what never changes.",
            code="not_published",
            remedy=f"Publish it first (`treadle publish {workflow}`), or run it as a test (`mode: test`).",
            workflow=workflow,
        )
    number = _NUMBER.fullmatch(text)
    if number is not None:
        found = next((one for one in versions if one.number == int(number[1])), None)
        if found is not None:
            return found
    matches = [one for one in versions if one.version.startswith(text)] if _DIGEST.fullmatch(text) else []
    if len(matches) > 1:
        raise Conflict(
            f"{len(matches)} versions of `{workflow}` begin with `{text}`.",
            code="ambiguous_version",
            remedy="Write more of it, or its number.",
            workflow=workflow,
        )
    if not matches:
        known = f"There are 1 to {len(versions)}" if len(versions) > 1 else "There is 1"
        raise NotFound(
            f"`{workflow}` has no version `{text}`.",
            code="unknown_version",
            remedy=f"{known}: `treadle versions {workflow}`. A version is written as {_WAYS}.",
            workflow=workflow,
            version=text,
        )
    return matches[0]


async def number_versions(store: VersionStore, workflow: str | None = None) -> dict[tuple[str, str], int]:
    """The numbers that people know versions by, by workflow and digest."""
    return {(one.workflow, one.version): one.number for one in await store.list_versions(workflow)}


async def list_known(store: VersionStore, workflow: str) -> Sequence[Version]:
    """The versions of a workflow, the latest first. Raises `NotFound` (`unknown_workflow`) with the nearest name."""
    versions = await store.list_versions(workflow)
    if versions:
        return versions
    known = [one.workflow for one in await store.list_versions()]
    otherwise = "`treadle publish FILE` puts one in; `treadle list --workflows` shows those there are."
    raise NotFound(
        f"There is no workflow `{workflow}` in the store.",
        code="unknown_workflow",
        remedy=suggest(workflow, known, otherwise),
        workflow=workflow,
    )
