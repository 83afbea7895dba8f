"""Test files: from text to tests, with every problem and its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from treadle.authoring.document import in_order, read_tree
from treadle.authoring.reading import Reading
from treadle.authoring.tree import Path as Place
from treadle.authoring.tree import Tree
from treadle.errors import InvalidWorkflow, NotFound
from treadle.model.issue import Issue
from treadle.node.registry import Registry
from treadle.testing.cases.model import (
    AnswerGiven,
    Case,
    CaseFile,
    Draw,
    Expect,
    ExpectedEffect,
    ExpectedError,
    Given,
    SignalGiven,
    StateStep,
    Stub,
    StubError,
    StubStop,
    WorkflowRef,
)

ENDINGS = (".test.yaml", ".test.yml")
M = TypeVar("M", bound=BaseModel)
Read = Callable[[Reading, object, Place], object]
_TOP = frozenset({"workflow", "name", "given", "expect", "tests", "recorded"})


def find_files(paths: list[str]) -> list[Path]:
    """The test files that `paths` name, and those in the folders among them. Raises `NotFound` for what is not
    there."""
    found: dict[Path, None] = {}
    for text in paths:
        path = Path(text)
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.name.endswith(ENDINGS) and not _is_hidden(p.relative_to(path)))
            found.update(dict.fromkeys(sorted(inside)))
        elif path.is_file():
            found[path] = None
        else:
            raise NotFound(
                f"There is no file or folder `{text}`.",
                code="unknown_file",
                remedy="Test files end in `.test.yaml`; `treadle test record RUN` writes one.",
            )
    return list(found)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") or part == "node_modules" for part in path.parts[:-1])


def read_case_file(path: Path) -> CaseFile:
    """Read a test file. Raises `InvalidWorkflow` (`invalid_test`) with every problem and its line."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotFound(
            f"`{path}` cannot be read: {error.strerror}.", code="unreadable_file", remedy="Name a file you may read."
        ) from None
    return parse_case_file(content, str(path))


def parse_case_file(content: str | bytes, path: str) -> CaseFile:
    """As `read_case_file`, of text that is at hand."""
    _, tree = read_tree(content)
    reading = Reading(Registry({}))
    made = _read(reading, tree, path) if tree.readable else None
    issues = in_order([*tree.issues, *(_located(issue, tree) for issue in reading.issues)])
    if issues or made is None:
        number = len(issues)
        raise InvalidWorkflow(
            f"`{path}` is no test file: {number} problem{'s' if number != 1 else ''}.",
            code="invalid_test",
            issues=tuple(issues),
            source=path,
        )
    return made


def _located(issue: Issue, tree: Tree) -> Issue:
    place = tree.locate(issue.path)
    return issue if place is None else issue.at(*place)


def _read(reading: Reading, tree: Tree, path: str) -> CaseFile | None:
    top = reading.mapping(tree.data, (), "the file")
    if top is None:
        return None
    fields = reading.known_keys(top, _TOP, ())
    workflow = _workflow(reading, fields.get("workflow"))
    shared = reading.mapping(fields.get("given") or {}, ("given",), "given") or {}
    cases: list[Case] = []
    lines: list[int] = []
    if "tests" in fields:
        if "expect" in fields:
            reading.refuse("invalid_value", "`expect` stands beside `tests`.", ("expect",), "Put it into each test.")
        for at, raw in enumerate(reading.sequence(fields["tests"], ("tests",), "tests")):
            place: Place = ("tests", at)
            entry = reading.mapping(raw, place, "test")
            if entry is None:
                continue
            inner = reading.known_keys(entry, frozenset({"name", "given", "expect"}), place)
            name = inner.get("name")
            if not isinstance(name, str):
                reading.refuse("missing_key", "A test has no `name`.", place, "Write `name:`, a short sentence.")
                name = f"test {at + 1}"
            _add(reading, cases, name, shared, inner, place)
            lines.append((tree.locate(place) or (1, 1))[0])
        if not fields["tests"]:
            reading.refuse("missing_key", "There are no tests under `tests`.", ("tests",), "Write one, with `name:`.")
    else:
        name = fields.get("name")
        stem = Path(path).name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".test")
        _add(reading, cases, name if isinstance(name, str) else stem, {}, fields, ())
        lines.append(1)
    names = [case.name for case in cases]
    for at, name in enumerate(names):
        if name in names[:at]:
            reading.refuse(
                "duplicate_name", f"Two tests are called `{name}`.", ("tests", at, "name"), "Call one something else."
            )
    return None if workflow is None else CaseFile(path=path, workflow=workflow, cases=tuple(cases), lines=tuple(lines))


def _add(
    reading: Reading, cases: list[Case], name: str, shared: Mapping[str, Any], raw: Mapping[str, Any], place: Place
) -> None:
    own = reading.mapping(raw.get("given") or {}, (*place, "given"), "given") or {}
    given = _given(reading, own, (*place, "given"))
    if given is not None and shared:
        base = _given(reading, shared, ("given",))
        given = _over(base, given) if base is not None else given
    expect = _expect(reading, raw.get("expect") or {}, (*place, "expect"))
    if given is not None and expect is not None:
        cases.append(Case(name=name, given=given, expect=expect))


def _over(base: Given, own: Given) -> Given:
    """What the file gives to all its tests, and over it what this one is given; mappings key by key."""
    merged: dict[str, Any] = {name: getattr(base, name) for name in base.model_fields_set}
    for name in own.model_fields_set:
        value = getattr(own, name)
        before = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        merged[name] = {**cast("dict[str, Any]", before), **cast("dict[str, Any]", value)} if both else value
    return Given.model_construct(_fields_set=set(merged), **{**_defaults(), **merged})


def _defaults() -> dict[str, Any]:
    empty = Given()
    return {name: getattr(empty, name) for name in Given.model_fields}


def _workflow(reading: Reading, raw: object) -> WorkflowRef | None:
    if isinstance(raw, str):
        return WorkflowRef(file=raw)
    if raw is None:
        reading.refuse(
            "missing_key", "Nothing says which workflow is tested.", (), "Write `workflow: FILE`, from this folder."
        )
        return None
    return _section(reading, WorkflowRef, raw, ("workflow",))


def _given(reading: Reading, raw: Mapping[str, Any], place: Place) -> Given | None:
    raw = dict(raw)
    stubs = _named(reading, raw.get("effects"), (*place, "effects"), _stubs)
    answers = _named(reading, raw.get("answers"), (*place, "answers"), _reader(AnswerGiven))
    draws = _named(reading, raw.get("draws"), (*place, "draws"), _reader(Draw))
    signals = _each(reading, raw.get("signals"), (*place, "signals"), SignalGiven)
    for name, value in (("effects", stubs), ("answers", answers), ("draws", draws), ("signals", signals)):
        if name in raw:
            raw[name] = value
    return _section(reading, Given, raw, place)


def _expect(reading: Reading, raw: object, place: Place) -> Expect | None:
    fields = reading.mapping(raw, place, "expect")
    if fields is None:
        return None
    fields = dict(fields)
    if fields.get("error") is not None:
        fields["error"] = _section(reading, ExpectedError, fields["error"], (*place, "error"))
    if fields.get("effects") is not None:
        fields["effects"] = _each(reading, fields["effects"], (*place, "effects"), ExpectedEffect)
    if isinstance(fields.get("that"), str):
        fields["that"] = [fields["that"]]
    return _section(reading, Expect, fields, place)


def _stubs(reading: Reading, raw: object, place: Place) -> tuple[Stub, ...]:
    many = cast("list[object]", raw) if isinstance(raw, list) else [raw]
    if not many:
        reading.refuse("invalid_value", "There is no stub in this list.", place, "Write `output:` for one call.")
    made = (_stub(reading, value, (*place, at) if isinstance(raw, list) else place) for at, value in enumerate(many))
    return tuple(stub for stub in made if stub is not None)


def _stub(reading: Reading, raw: object, place: Place) -> Stub | None:
    fields = reading.mapping(raw, place, str(place[-1]))
    if fields is None:
        return None
    fields = dict(fields)
    for name, model in (("error", StubError), ("stop", StubStop)):
        if fields.get(name) is not None:
            fields[name] = _section(reading, model, fields[name], (*place, name))
    if "state" in fields:
        fields["state"] = _each(reading, fields["state"], (*place, "state"), StateStep)
    return _section(reading, Stub, fields, place)


def _named(reading: Reading, raw: object, place: Place, read: Read) -> dict[str, Any]:
    found: Mapping[str, Any] = {} if raw is None else reading.mapping(raw, place, str(place[-1])) or {}
    made = {name: read(reading, value, (*place, name)) for name, value in found.items()}
    return {name: value for name, value in made.items() if value is not None and value != ()}


def _reader(model: type[BaseModel]) -> Read:
    return lambda reading, raw, place: _section(reading, model, raw, place)


def _each(reading: Reading, raw: object, place: Place, model: type[M]) -> list[M]:
    made = (
        _section(reading, model, value, (*place, at))
        for at, value in enumerate(reading.sequence(raw, place, str(place[-1])))
    )
    return [one for one in made if one is not None]


def _section(reading: Reading, model: type[M], raw: object, place: Place) -> M | None:
    if raw is None and place and place[-1] in ("error", "stop"):
        return None
    found = reading.mapping(raw, place, str(place[-1]) if place else "the file")
    if found is None:
        return None
    keys = {field.alias or name for name, field in model.model_fields.items()}
    return reading.build(model, reading.known_keys(found, keys, place), place)
