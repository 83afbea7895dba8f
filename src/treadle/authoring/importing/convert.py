"""A file of another program, told by its content, made into workflows. All of it, or nothing."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, cast

from treadle.authoring.document import in_order, load_workflow, read_tree
from treadle.authoring.importing.blocks import BlocksReading, is_blocks
from treadle.authoring.importing.bot import BotReading, is_bot
from treadle.authoring.importing.converted import Conversion, Converted, Format
from treadle.authoring.importing.ledger import Field
from treadle.authoring.importing.n8n import N8nReading, is_n8n
from treadle.authoring.importing.starter import Starters
from treadle.authoring.reading import Reading
from treadle.authoring.tree import Path, Tree
from treadle.model.issue import ValidationResult
from treadle.model.resolve import Catalogue

FORGIVEN = frozenset({"unknown_node_type"})
"""Issues that forbid nothing: what they are about was kept as it is, and named."""
_LISTS = ("bots", "workflows", "items", "data")


def convert(text: str | bytes, *, catalogue: Catalogue, starters: Starters, name: str = "imported") -> Conversion:
    """What a file of bots, of blocks, of n8n, or of workflows comes to. `name` is used where a document has none.

    Never raises on bad content: every problem is in the result, by its place; with one that is not forgiven there are
    no workflows.
    """
    content, tree = read_tree(text)
    reading = Reading(catalogue)
    found: list[Converted] = []
    format_: Format = "workflow"
    if tree.readable:
        format_ = _format(tree.data) or "workflow"
        if format_ == "workflow":
            return _workflows(content, tree, catalogue)
        documents = list(_documents(tree.data, ()))
        for index, (path, data) in enumerate(documents):
            one = _convert(reading, data, path, starters, name if len(documents) == 1 else f"{name}-{index + 1}")
            if one is not None:
                found.append(one)
        _tell_apart(reading, found)
    issues = [issue.at(*(tree.locate(issue.path) or (1, 1))) for issue in reading.issues]
    result = ValidationResult(tuple(in_order([*tree.issues, *issues])))
    return Conversion(format_, [] if is_refused(result) else found, result)


def is_foreign(text: str | bytes) -> bool:
    """Whether this is a file of another program, as far as can be told."""
    tree = read_tree(text)[1]
    return tree.readable and _format(tree.data) is not None


def is_refused(result: ValidationResult) -> bool:
    return any(issue.severity == "error" and issue.code not in FORGIVEN for issue in result.issues)


def _format(data: Any) -> Format | None:
    """None for a workflow file, or what is nothing that we know."""
    for _, one in _documents(data, ()):
        if is_blocks(one):
            return "blocks"
        if is_n8n(one):
            return "n8n"
        if is_bot(one):
            return "bot"
    return None


def _documents(data: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    """One, or those of a list, or of an object that holds nothing but a list of them."""
    if isinstance(data, list):
        for index, one in enumerate(cast("list[Any]", data)):
            yield (*at, index), one
        return
    if isinstance(data, dict) and not is_bot(data):
        entries = cast("dict[str, Any]", data)
        for key in _LISTS:
            if isinstance(entries.get(key), list) and not {"nodes", "blocks", "steps"} & entries.keys():
                yield from _documents(entries[key], (*at, key))
                return
    yield at, data


def _convert(reading: Reading, data: Any, path: Path, starters: Starters, name: str) -> Converted | None:
    if is_blocks(data):
        return BlocksReading(reading, cast("Mapping[str, Any]", data), path).convert(name)
    if is_n8n(data):
        return N8nReading(reading, copy.deepcopy(cast("dict[str, Any]", data)), path).convert(name)
    if is_bot(data):
        return BotReading(reading, cast("Mapping[str, Any]", data), path, starters).convert(name)
    if isinstance(data, dict):
        said = "This is no bot, no blocks and no export of n8n."
        reading.refuse("unknown_document", said, path, "A bot has `strategy`, a file of blocks has `blocks`.")
    else:
        reading.wrong_type(data, path, "document", "a mapping (`key: value`)")
    return None


def _tell_apart(reading: Reading, found: list[Converted]) -> None:
    seen: dict[str, Path] = {}
    for one in found:
        if one.name in seen:
            said = f"A second workflow would be called `{one.name}`."
            reading.refuse("duplicate_name", said, (*one.at, "name"), "Give each document a name of its own.")
        seen[one.name] = one.at


def _workflows(content: str, tree: Tree, catalogue: Catalogue) -> Conversion:
    """A workflow file is one already, of `nodes` or `steps`: each becomes a file of its own, as it was written."""
    loaded = load_workflow(content, catalogue=catalogue)
    if is_refused(loaded.result):
        return Conversion("workflow", [], loaded.result)
    found = [
        Converted(
            one.workflow.name, "workflow", one.path, one.dump(),
            [Field((key,), "mapped", str(key)) for key in cast("dict[str, Any]", one.data)],
        )
        for one in loaded.documents
        if one.workflow is not None
    ]  # fmt: skip
    return Conversion("workflow", found, loaded.result)
