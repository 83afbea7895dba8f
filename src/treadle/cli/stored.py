"""Workflows that commands are given by name: of the project, not of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle.cli.source import is_file
from treadle.errors import Conflict, InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.cli.command import Invocation
    from treadle.model.workflow import Workflow
    from treadle.service.application import Application


def is_stored(invocation: Invocation, given: str) -> bool:
    """Whether `given` is to be looked up in the project: it is not written like a file, and there is a project."""
    from pathlib import Path

    from treadle.store.database import parse_location

    return not is_file(given) and Path(parse_location(invocation.settings().db)).exists()


def refuse_choice(given: str, chosen: str | None) -> None:
    """Raises `InvalidWorkflow` where `--workflow` chooses of what is no file."""
    if chosen is not None:
        raise InvalidWorkflow(
            f"`--workflow` chooses of a file, and `{given}` is none.",
            code="invalid_argument",
            remedy="Leave out `--workflow`, or name a file.",
        )


async def read_published(application: Application, name: str, version: str | None = None) -> Workflow:
    """A version of it, by default the latest. Raises `NotFound`, and `Conflict` (`not_published`) for what is only a
    draft."""
    from treadle.service.drafts import Drafts
    from treadle.service.version_names import LATEST

    try:
        return await application.get_workflow(name, version or LATEST)
    except NotFound as error:
        if error.code != "unknown_workflow":
            raise
        missing = error
    try:
        await Drafts(application).get(name)
    except NotFound:
        raise neither(name, missing) from None
    raise Conflict(
        f"`{name}` is only a draft: what runs by itself needs what never changes.",
        code="not_published",
        remedy=f"Publish it first: `treadle publish {name}`.",
        workflow=name,
    )


def neither(name: str, missing: NotFound) -> NotFound:
    """There is no file of this name and nothing stored; with the nearest name."""
    nearest = missing.remedy if (missing.remedy or "").startswith("Did you mean") else None
    return NotFound(
        f"There is no file and no stored workflow `{name}`.",
        code="unknown_workflow",
        remedy=nearest or "Name a file, or one that `treadle list --workflows` shows.",
    )
