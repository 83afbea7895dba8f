"""Reading a template's file: a workflow file with a section `template`. Everything that is wrong is found at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from treadle.authoring.document import Document, Loaded
from treadle.authoring.tree import Path
from treadle.engine.compile import compile_plan
from treadle.errors import TreadleError
from treadle.model.duration import Duration
from treadle.model.issue import Issue, ValidationResult
from treadle.model.workflow import Workflow
from treadle.node.registry import Registry
from treadle.packs.data.schema import find_problems, schema_problem
from treadle.service.calls import ON_FAILURE, named_workflows
from treadle.service.templates.place import find_path, read_at
from treadle.service.templates.template import Difficulty, Parameter, Requirement, Template

SECTION = "template"
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
ParameterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
MOST_PARAMETERS = 50
_OURS = frozenset({"sets", "required"})


class ParameterOf(BaseModel):
    """A parameter as a file writes it: JSON Schema beside what it sets."""

    model_config = ConfigDict(extra="allow")

    sets: str | list[str] | None = Field(default=None, description="Places; without it the input of its name.")
    required: bool | list[str] = Field(default=False, description="True: it has to be given; a list is JSON Schema's.")


class RequiresOf(BaseModel):
    """What a template needs beside what its workflow says of itself."""

    model_config = ConfigDict(extra="forbid")

    secrets: dict[Line, str] = {}
    services: list[Line] = []


class SectionOf(BaseModel):
    """The section `template` of a file."""

    model_config = ConfigDict(extra="forbid")

    category: Word = "general"
    difficulty: Difficulty = "beginner"
    duration: Duration | None = None
    requires: RequiresOf = RequiresOf()
    parameters: Annotated[dict[ParameterName, ParameterOf], Field(max_length=MOST_PARAMETERS)] = {}


def read_template(loaded: Loaded, registry: Registry) -> tuple[Template | None, ValidationResult]:
    """(template, what is wrong with the file): of a file that was loaded and checked. None where it cannot be one."""
    issues = list(loaded.result.issues)
    if len(loaded.documents) != 1 or loaded.documents[0].path:
        if loaded.documents:
            said = "The file is a list of workflows; a template is one, with its keys at the top."
            issues.append(Issue("several_workflows", said, remedy="Make a file of each."))
        return None, ValidationResult(tuple(issues))
    document = loaded.documents[0]
    workflow = document.workflow
    raw: Any = document.data
    data: Mapping[str, Any] = cast("dict[str, Any]", raw if isinstance(raw, dict) else {})
    section, found = _section(data)
    found = [*_texts(data), *found]
    parameters: list[Parameter] = []
    if section is not None:
        for name, given in section.parameters.items():
            parameter, wrong = _parameter(name, given, data)
            found += wrong
            if parameter is not None:
                parameters.append(parameter)
    issues += [_located(issue, document) for issue in found]
    result = ValidationResult(tuple(issues))
    if workflow is None or section is None or found:
        return None, result
    template = Template(
        name=workflow.name,
        title=workflow.title or workflow.name,
        description=" ".join((workflow.description or "").split()),
        category=section.category,
        tags=tuple(workflow.tags),
        difficulty=section.difficulty,
        duration=section.duration,
        parameters=tuple(parameters),
        requirements=tuple(_requirements(workflow, section, registry)),
        workflow=workflow,
        document=document,
        result=loaded.result,
    )
    return template, result


def schema_of(given: ParameterOf) -> dict[str, Any]:
    """The JSON Schema in a parameter, without what is ours."""
    schema = {key: value for key, value in (given.model_extra or {}).items() if key not in _OURS}
    if isinstance(given.required, list):
        schema["required"] = given.required
    return schema


def _texts(data: Mapping[str, Any]) -> Iterator[Issue]:
    for key in ("title", "description"):
        text = data.get(key)
        if text is None or (isinstance(text, str) and not text.strip()):
            remedy = "Say what it is for: people choose by it."
            yield Issue("invalid_template", f"A template has a `{key}`.", (key,), remedy=remedy)


def _section(data: Mapping[str, Any]) -> tuple[SectionOf | None, list[Issue]]:
    raw: Any = data.get(SECTION)
    try:
        return SectionOf.model_validate({} if raw is None else raw), []
    except ValidationError as error:
        issues: list[Issue] = []
        for one in error.errors():
            path: Path = (SECTION, *(part for part in one["loc"] if part != "[key]"))
            where = ".".join(str(part) for part in path)
            reason = str(one["msg"]).removeprefix("Value error, ").rstrip(".")
            issues.append(
                Issue("invalid_template", f"`{where}` is wrong: {reason}.", path, remedy="Correct it, or leave it out.")
            )
        return None, issues


def _parameter(name: str, given: ParameterOf, data: Mapping[str, Any]) -> tuple[Parameter | None, list[Issue]]:
    at: Path = (SECTION, "parameters", name)
    named = [given.sets] if isinstance(given.sets, str) else given.sets
    places = named if named is not None else [f"inputs.{name}"]
    paths: list[Path] = []
    issues: list[Issue] = []
    for place in places:
        try:
            paths.append(find_path(data, place))
        except KeyError as missing:
            said = f"The parameter `{name}` sets `{place}`, and there is no `{missing.args[0]}`."
            issues.append(Issue("unknown_place", said, at, remedy="Name a place like `nodes.fetch.config.url`."))
    if issues or not paths:
        remedy = "Name at least one place, or leave `sets` out for the input of its name."
        return None, issues or [Issue("unknown_place", f"The parameter `{name}` sets nothing.", at, remedy=remedy)]
    schema = {**_input_schema(data, paths[0]), **schema_of(given)}
    is_there, value = read_at(data, paths[0])
    if is_there and given.required is not True:
        schema["default"] = value
    problem = schema_problem(schema)
    if problem is not None:
        said = f"The schema of `{name}` is not JSON Schema: {problem.rstrip('.')}."
        return None, [Issue("invalid_template", said, at, remedy="See JSON Schema, draft 2020-12.")]
    if "default" in schema:
        for wrong in value_problems(schema, schema["default"]):
            said = f"What `{name}` is unless it is given does not fit its schema: {wrong}."
            issues.append(Issue("invalid_template", said, at, remedy="Change the one or the other."))
    return Parameter(name, schema, tuple(paths)), issues


def value_problems(schema: Mapping[str, Any], value: Any) -> list[str]:
    """Why a value does not fit; empty when it does."""
    try:
        found = find_problems(value, dict(schema), limit=5)
    except TreadleError as error:
        return [error.message.rstrip(".")]
    return [f"{one['path']}: {one['message']}" if one["path"] else one["message"] for one in found]


def _input_schema(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What the workflow says of the input that a parameter sets."""
    if len(path) != 3 or path[0] != "inputs" or path[2] != "default":
        return {}
    declared: Any = data["inputs"][path[1]]
    if isinstance(declared, str):
        return {"type": declared} if declared != "any" else {}
    schema = dict(cast("Mapping[str, Any]", declared or {}))
    schema.pop("default", None)
    if isinstance(schema.get("required"), bool):
        del schema["required"]
    return schema


def _requirements(workflow: Workflow, section: SectionOf, registry: Registry) -> Iterator[Requirement]:
    described = dict(section.requires.secrets)
    try:
        secrets = sorted(compile_plan(workflow, registry).secrets)
    except TreadleError:
        secrets = sorted(described)  # a node type is gone: what the author says is all there is
    for name in secrets:
        yield Requirement("secret", name, described.get(name, ""))
    for node in workflow.walk():
        if isinstance(node.config.get("profile"), str):
            yield Requirement("profile", node.id, f"Credentials of `{node.title or node.id}` ({node.type}).")
    for text in section.requires.services:
        yield Requirement("service", text)
    called: dict[str, str] = {}
    for where, name in named_workflows(workflow):
        called.setdefault(name, "Started when a run fails." if where == ON_FAILURE else f"Called by {where}.")
    for name, why in called.items():
        yield Requirement("workflow", name, why)


def _located(issue: Issue, document: Document) -> Issue:
    place = document.tree.locate(issue.path)
    return issue if place is None else issue.at(*place)
