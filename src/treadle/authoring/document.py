"""Workflow files: from text to workflows with every problem found, and back to the same text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from json import JSONDecodeError
from typing import Any, Literal, cast

import yaml

from treadle.authoring.json_text import read_json
from treadle.authoring.reading import Reading
from treadle.authoring.saving import dump_text, rewrite_text
from treadle.authoring.tree import MAX_BYTES, Path, Place, TooLarge, Tree
from treadle.authoring.workflow_form import form_of, read_workflow
from treadle.authoring.yaml_text import read_yaml
from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue, ValidationResult
from treadle.model.resolve import Catalogue
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry


@dataclass(frozen=True, eq=False)
class Document:
    """One workflow of a file. `workflow` holds what could be read of it; None where nothing could.

    `path` leads to it in the file: empty, or `("workflows", 2)`. `data` is its content as written.
    """

    workflow: Workflow | None
    form: Literal["nodes", "steps"]
    path: Path
    data: object
    source: str
    text: str = field(repr=False)
    tree: Tree = field(repr=False)
    places: Mapping[Path, Path] = field(repr=False)

    def file_path(self, path: Path) -> Path:
        """The path in the file, such as `("steps", 3, "url")`, of `path` in the model."""
        for length in range(len(path), -1, -1):
            found = self.places.get(path[:length])
            if found is not None:
                return (*found, *path[length:])
        return (*self.path, *path)

    def locate(self, path: Path) -> Place | None:
        """(line, column), from 1, of `path` in the model, or of the nearest thing around it."""
        return self.tree.locate(self.file_path(path))

    def place(self, issue: Issue) -> Issue:
        """`issue`, whose path is in the model, with its path and place in the file."""
        path = self.file_path(issue.path)
        line, column = self.tree.locate(path) or (None, None)
        return Issue(issue.code, issue.message, path, line, column, issue.remedy, issue.severity, issue.node)

    def dump(self) -> str:
        """The workflow's text: same data, form, key order and comments. One of several is written alone."""
        return dump_text(self.text, self.tree.kind, self.path)

    def rewrite(self, data: Mapping[str, Any]) -> str:
        """The file's text with `data` as this workflow's content; what stays keeps its comments and order.

        Raises `InvalidWorkflow` where the text itself is wrong (a key that stands twice, say).
        """
        if self.tree.issues:
            raise InvalidWorkflow(
                f"`{self.source}` cannot be changed as it is: {self.tree.issues[0].message}",
                remedy="Correct the file's text first.",
                issues=tuple(self.tree.issues),
            )
        return rewrite_text(self.text, self.tree.kind, self.path, data)


@dataclass(frozen=True)
class Loaded:
    """What a file holds. The parts that are right are in `documents` even when `result` names problems."""

    documents: tuple[Document, ...]
    result: ValidationResult
    source: str = "workflow"

    @property
    def workflows(self) -> tuple[Workflow, ...]:
        return tuple(document.workflow for document in self.documents if document.workflow is not None)


def load_workflow(text: str | bytes, *, source: str = "workflow", catalogue: Catalogue | None = None) -> Loaded:
    """The workflow or workflows of a file in YAML or JSON. Never raises on bad content: see `result`.

    `source` names the file in messages. `catalogue` gives the node types that the steps form needs to know
    (default: every pack installed); whether the content fits them is `check`'s work.
    """
    content, tree = read_tree(text)
    reading = Reading(catalogue if catalogue is not None else _installed())
    documents: list[Document] = []
    if tree.readable:
        for path, data in _workflows(reading, tree):
            reading.places = {}
            workflow = read_workflow(reading, data, path)
            form = form_of(cast("dict[str, Any]", data)) if isinstance(data, dict) else "nodes"
            documents.append(Document(workflow, form, path, cast(object, data), source, content, tree, reading.places))
    _same_names(reading, documents)
    located = [_located(issue, tree) for issue in reading.issues]
    return Loaded(tuple(documents), ValidationResult(tuple(in_order([*tree.issues, *located]))), source)


def read_tree(text: str | bytes) -> tuple[str, Tree]:
    """(text, tree) of a YAML or JSON file; what cannot be read is an issue of an unreadable tree."""
    tree = Tree(readable=False)
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        tree.refuse("too_large", f"The file has {size} bytes; at most {MAX_BYTES} are read.", "Split it.")
        return "", tree
    try:
        content = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        content.encode()
    except UnicodeError as error:
        tree.refuse("invalid_encoding", f"The file is not UTF-8 ({error.reason}).", "Save it as UTF-8.")  # pyright: ignore
        return "", tree
    try:
        tree = _parse(content)
    except TooLarge as error:
        code = "too_large" if error.remedy.startswith(("Split", "Write less", "Move")) else "invalid_yaml"
        tree.refuse(code, error.message, error.remedy, error.place)
    except JSONDecodeError as error:
        message = f"This is not JSON: {error.msg.rstrip('.')}."
        tree.refuse("invalid_json", message, "Correct the text at this place.", (error.lineno, error.colno))
    except yaml.YAMLError as error:
        _refuse_yaml(tree, error, content)
    return content, tree


def in_order(issues: list[Issue]) -> list[Issue]:
    """By line and column; those without a line first."""
    return sorted(issues, key=lambda issue: (issue.line or 0, issue.column or 0))


def _parse(content: str) -> Tree:
    if content.lstrip()[:1] not in ("{", "["):
        return read_yaml(content)
    try:
        return read_json(content)
    except JSONDecodeError:
        # A YAML file may begin with a brace too; if it is neither, JSON's message is the better one.
        try:
            return read_yaml(content)
        except yaml.YAMLError:
            pass
        raise


def _refuse_yaml(tree: Tree, error: yaml.YAMLError, content: str) -> None:
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place: Place | None = (mark.line + 1, mark.column + 1) if mark is not None else None
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    lines = content.splitlines()
    line = lines[place[0] - 1] if place and place[0] <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        remedy = "Indent with spaces, not tabs."
    elif "{{" in line or "mapping values are not allowed" in problem:
        remedy = 'Put text that contains `: ` or `{{ … }}` in quotes: `"{{ nodes.a.output }}"`.'
    else:
        remedy = "Correct the text at this place; check indentation, quotes and brackets just before it."
    tree.refuse("invalid_yaml", f"This is not YAML: {problem}.", remedy, place)


def _workflows(reading: Reading, tree: Tree) -> list[tuple[Path, object]]:
    data = tree.data
    if data is None:
        reading.refuse(
            "empty_file",
            "The file is empty.",
            (),
            "Write a workflow; `treadle new workflow` makes a first one.",
        )
        return []
    if not isinstance(data, dict) or "workflows" not in data:
        return [((), data)]
    entries = cast("dict[str, Any]", data)
    reading.known_keys(entries, frozenset({"workflows"}), ())
    found = reading.sequence(entries["workflows"], ("workflows",), "workflows")
    return [(("workflows", index), item) for index, item in enumerate(found)]


def _same_names(reading: Reading, documents: list[Document]) -> None:
    seen: set[str] = set()
    for document in documents:
        name = document.workflow.name if document.workflow is not None else None
        if name in seen:
            message = f"A second workflow is called `{name}`."
            reading.refuse("duplicate_name", message, (*document.path, "name"), "Give each its own name.")
        if name is not None:
            seen.add(name)


def _located(issue: Issue, tree: Tree) -> Issue:
    place = tree.locate(issue.path)
    return issue.at(*place) if place is not None else issue


@cache
def _installed() -> Registry:
    return Registry.installed()
