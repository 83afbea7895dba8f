"""A workflow's definition as it is given out and taken in: its text, content, graph, and what is wrong in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

from treadle.authoring.check.file import check_file
from treadle.authoring.document import Document, Loaded
from treadle.authoring.saving import dump_data, dump_workflow, workflow_data
from treadle.dispatch.plans import read_version
from treadle.errors import InvalidWorkflow, LimitExceeded
from treadle.model.issue import Issue, ValidationResult
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.store.drafts import Draft
from treadle.store.versions import Version

MOST = 1_000_000
"""Bytes that a definition may have when it comes from another machine: checking takes longer than sending."""
_AT_ONCE = 2
_checking: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Definition:
    """`content` is what `text` says, in the form it was written in; `graph` the same as nodes and connections. Either
    is None where that cannot be read. `number` and `digest` are those of a version, `revision` that of a draft."""

    workflow: str
    text: str
    form: str
    content: Mapping[str, Any] | None
    graph: Mapping[str, Any] | None
    result: ValidationResult
    number: int | None = None
    digest: str | None = None
    revision: int | None = None

    @property
    def yaml(self) -> str:
        """`text` as YAML."""
        if self.content is not None and self.text.lstrip()[:1] in ("{", "["):
            return dump_data(self.content)
        return self.text


async def check_text(text: str, registry: Registry, *, source: str = "workflow") -> Loaded:
    """`check_file` beside the event loop, a few at a time. Raises `LimitExceeded` (`body_too_large`)."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MOST:
        raise LimitExceeded(
            f"The definition has {size} bytes; at most {MOST} are read.",
            code="body_too_large",
            remedy="Split it into several workflows.",
        )
    async with _checking.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)):
        return await asyncio.to_thread(check_file, text, registry, source=source)


async def define_draft(draft: Draft, registry: Registry) -> Definition:
    loaded = await check_text(draft.document, registry, source=f"draft of {draft.workflow}")
    one = loaded.documents[0] if loaded.documents else None
    return Definition(
        draft.workflow,
        draft.document,
        one.form if one else draft.form,
        _content_of(one),
        _graph_of(one.workflow if one else None),
        loaded.result,
        revision=draft.revision,
    )


async def define_version(version: Version, registry: Registry) -> Definition:
    """What was valid when it was published may not be any more: a pack is gone, say."""
    text, one, result = await _read(version, registry)
    workflow = read_version(version.document)
    content = _content_of(one) or workflow_data(workflow)
    return Definition(
        version.workflow,
        text,
        version.form,
        content,
        _graph_of(workflow),
        result,
        None if version.is_trial else version.number,
        version.version,
    )


async def _read(version: Version, registry: Registry) -> tuple[str, Document | None, ValidationResult]:
    """The version's text as it was written, alone where its file had others too, and what is wrong with it; of one that
    came without a text, one that says the same."""
    source: Any = json.loads(version.document).get("source")
    if isinstance(source, str):
        loaded = await check_text(source, registry)
        for document in loaded.documents:
            if document.workflow is not None and document.workflow.name == version.workflow:
                text = document.dump()
                # Alone in its file it has been checked.
                checked = loaded if text == source else await check_text(text, registry)
                return text, document, checked.result
    return dump_workflow(read_version(version.document)), None, ValidationResult()


def write_content(content: Mapping[str, Any]) -> str:
    """A definition that came as JSON, as a text."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def name_in(loaded: Loaded) -> str | None:
    """What the one workflow of a text is called; None where it says nothing that can be a name."""
    if any(issue.code in ("missing_key", "invalid_name") and _is_name(issue) for issue in loaded.result.issues):
        return None
    return loaded.workflows[0].name if loaded.workflows else None


def renamed(text: str, loaded: Loaded, name: str) -> str:
    """`text`, whose workflow is called `name` now; comments stay. Raises `InvalidWorkflow` where it cannot be read."""
    one = loaded.documents[0] if len(loaded.documents) == 1 else None
    content = _content_of(one)
    if one is None or content is None:
        raise InvalidWorkflow("The definition cannot be read.", issues=loaded.result.issues)
    without_id = {key: value for key, value in content.items() if key != "id"}
    return one.rewrite({"name": name, **without_id, **({"name": name} if "name" in without_id else {})})


def _is_name(issue: Issue) -> bool:
    return issue.path[-1:] == ("name",) or "`name`" in issue.message


def _content_of(document: Document | None) -> Mapping[str, Any] | None:
    data: Any = None if document is None else document.data
    return cast("dict[str, Any]", data) if isinstance(data, dict) else None


def _graph_of(workflow: Workflow | None) -> Mapping[str, Any] | None:
    return None if workflow is None else workflow_data(workflow)
