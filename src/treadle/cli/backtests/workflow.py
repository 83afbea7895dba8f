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
    from treadle.cli.session import wait_for
    from treadle.cli.source import read_one
    from treadle.cli.stored import is_stored, refuse_choice

    if not is_stored(invocation, given):
        document = read_one(given, registry, name=name)
        if document.workflow is None:
            raise InvalidWorkflow(f"`{given}` cannot be read.")
        return document.workflow, document
    refuse_choice(given, name)
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
    from treadle.cli.stored import neither
    from treadle.service.drafts import Drafts
    from treadle.service.version_names import LATEST

    async with reading(invocation) as application:
        try:
            return await application.get_workflow(name, LATEST)
        except NotFound as error:
            missing = error
        try:
            workflow = await Drafts(application).read(name)
        except NotFound:
            raise neither(name, missing) from None
        application.check(workflow)
        return workflow
