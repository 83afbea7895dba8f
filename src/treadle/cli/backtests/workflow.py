"""The workflow that `treadle backtest` is to test: of a file, or of the project."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.authoring.document import Document
    from treadle.cli.command import Invocation
    from treadle.model.workflow import Workflow
    from treadle.node.registry import Registry

    Given = tuple[Workflow, Document | None]
    """The document, where it is of a file."""


def read_workflow(invocation: Invocation, given: str, registry: Registry, *, name: str | None = None) -> Given:
    """Of a file; else the stored one of this name: its latest version, or its draft where nothing is published. Raises
    `NotFound`, `InvalidWorkflow`."""
    from pathlib import Path

    from treadle.cli.session import wait_for
    from treadle.cli.source import is_file, read_one
    from treadle.store.database import parse_location

    if is_file(given) or not Path(parse_location(invocation.settings().db)).exists():
        document = read_one(given, registry, name=name)
        if document.workflow is None:
            raise InvalidWorkflow(f"`{given}` cannot be read.")
        return document.workflow, document
    if name is not None:
        raise InvalidWorkflow(
            f"`--workflow` chooses of a file, and `{given}` is none.",
            code="invalid_argument",
            remedy="Leave out `--workflow`, or name a file.",
        )
    return wait_for(_read_stored(invocation, given)), None


@contextmanager
def locating(document: Document | None) -> Generator[None]:
    """What is wrong with nodes within is told with the lines of the file."""
    try:
        yield
    except InvalidWorkflow as error:
        if document is None or not any(one.path[:1] == ("nodes",) for one in error.issues):
            raise
        issues = tuple(document.place(one) if one.path[:1] == ("nodes",) else one for one in error.issues)
        raise InvalidWorkflow(
            error.message, code=error.code, remedy=error.remedy, issues=issues, source=document.source
        ) from None


async def _read_stored(invocation: Invocation, name: str) -> Workflow:
    from treadle.cli.session import reading
    from treadle.service.drafts import Drafts

    async with reading(invocation) as application:
        try:
            return await application.get_workflow(name)
        except NotFound as error:
            missing = error
        try:
            workflow = await Drafts(application).read(name)
        except NotFound:
            raise NotFound(
                f"There is no file and no stored workflow `{name}`.",
                code="unknown_workflow",
                remedy=_nearest(missing) or "Name a file, or one that `treadle list --workflows` shows.",
            ) from None
        application.check(workflow)
        return workflow


def _nearest(error: NotFound) -> str | None:
    return error.remedy if (error.remedy or "").startswith("Did you mean") else None
