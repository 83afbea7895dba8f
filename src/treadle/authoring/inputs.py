"""The inputs a workflow declares: read from the file, and checked when a run is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from treadle.authoring.reading import Fields, Reading, shown
from treadle.authoring.tree import Path
from treadle.model.issue import Issue
from treadle.model.nearest import find_nearest, listed, suggest
from treadle.model.workflow import Workflow
from treadle.node.json_schema import find_unusable, make_validator

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_OTHER_WORDS = {
    "text": "string",
    "str": "string",
    "float": "number",
    "int": "integer",
    "bool": "boolean",
    "list": "array",
}
_PLAIN_KEYS = frozenset({"type", "title", "description", "default", "required"})


def read_inputs(reading: Reading, raw: object, file: Path) -> dict[str, Fields]:
    """JSON Schema per input, the short form (`topic: string`) written out."""
    if raw is None:
        return {}
    inputs: dict[str, Fields] = {}
    for name, value in (reading.mapping(raw, file, "inputs") or {}).items():
        place: Path = (*file, name)
        if isinstance(value, str):
            kind = _type(reading, value, place)
            inputs[name] = {"type": kind} if kind else {}
        elif value is None:
            inputs[name] = {}
        elif isinstance(value, dict):
            schema = dict(cast("Fields", value))
            inputs[name] = schema
            for code, message, path, remedy in _schema_problems(name, schema):
                reading.refuse(code, message, (*place, *path), remedy)
        else:
            reading.wrong_type(value, place, name, "a type such as `string`, or a mapping with `type:`")
    return inputs


def validate_input(workflow: Workflow, given: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Issue, ...]]:
    """(values for `workflow.input`, issues) of a run's input.

    Inputs not given take their default; optional ones without a default become null. A workflow that
    declares no inputs takes any: whoever writes one down to try it out, or listens to webhooks and events of whatever
    shape, need not say what comes; what it reads and was not given fails where it is read. The issues' paths begin
    with `input`.
    """
    declared = workflow.inputs
    if not declared:
        return dict(given), ()
    issues: list[Issue] = []
    for name in given:
        if name not in declared:
            remedy = suggest(name, declared, f"The inputs are {listed(declared)}.")
            issues.append(
                Issue("unknown_input", f"The workflow has no input `{name}`.", ("input", name), remedy=remedy)
            )
    values: dict[str, Any] = {}
    for name, schema in declared.items():
        if name in given:
            values[name] = given[name]
            issues.extend(_value_problems(name, schema, given[name]))
        elif "default" in schema:
            values[name] = schema["default"]
        else:
            values[name] = None
            if is_required(schema):
                wanted = schema.get("type", "any")
                issues.append(
                    Issue(
                        "missing_input",
                        f"The input `{name}` is missing.",
                        ("input", name),
                        remedy=f"Give it a value of type {wanted}.",
                    )
                )
    return values, tuple(issues)


def is_required(schema: Mapping[str, Any]) -> bool:
    return "default" not in schema and schema.get("required") is not False


def _type(reading: Reading, value: str, place: Path) -> str | None:
    if value in _TYPES:
        return value
    if value == "any":
        return None
    near = _OTHER_WORDS.get(value) or find_nearest(value, _TYPES)
    remedy = f"Write `{near}`." if near else f"Write one of {listed(_TYPES)}, or `any`."
    reading.refuse("invalid_input_schema", f"`{value}` is not a type.", place, remedy)
    return None


def _bare(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """`schema` without our own `required: true|false`, which JSON Schema spells otherwise."""
    if isinstance(schema.get("required"), bool):
        return {key: value for key, value in schema.items() if key != "required"}
    return schema


def _schema_problems(name: str, schema: Fields) -> Iterator[tuple[str, str, Path, str]]:
    kind = schema.get("type")
    if isinstance(kind, str) and kind not in _TYPES:
        near = _OTHER_WORDS.get(kind) or find_nearest(kind, _TYPES)
        remedy = f"Write `{near}`." if near else f"Write one of {listed(_TYPES)}."
        yield "invalid_input_schema", f"`{kind}` is not a type.", ("type",), remedy
        return
    # The library takes long to import and most inputs are this plain.
    plain = schema.keys() <= _PLAIN_KEYS and (kind is None or isinstance(kind, str))
    if plain and isinstance(schema.get("title", ""), str) and isinstance(schema.get("description", ""), str):
        if "default" in schema and not _plainly_fits(schema["default"], kind):
            yield _wrong_default(name, schema["default"], f"it is not of type `{kind}`")
        return
    from jsonschema import Draft202012Validator as Validator

    found = False
    checker: Any = Validator(Validator.META_SCHEMA)
    for error in checker.iter_errors(_bare(schema)):
        found = True
        message = f"The schema of `{name}` is not JSON Schema: {error.message}."
        yield "invalid_input_schema", message, tuple(error.absolute_path), "See JSON Schema, draft 2020-12."
    if found:
        return
    unusable = list(find_unusable(schema))
    for problem in unusable:
        message = f"The schema of `{name}` cannot be used: {problem}."
        yield "invalid_input_schema", message, (), "Write what is referred to under `$defs`, patterns as RE2 has them."
    if unusable:
        return
    if "default" not in schema:
        return
    for issue in _value_problems(name, schema, schema["default"]):
        yield _wrong_default(name, schema["default"], issue.message)


def _wrong_default(name: str, value: object, reason: str) -> tuple[str, str, Path, str]:
    message = f"The default of `{name}` is {shown(value)}, which does not fit its schema: {reason.rstrip('.')}."
    return "invalid_input_schema", message, ("default",), "Change the default or the schema."


def _plainly_fits(value: object, kind: object) -> bool:
    if kind is None:
        return True
    fits: dict[str, bool] = {
        "string": isinstance(value, str),
        "boolean": isinstance(value, bool),
        "null": value is None,
        "object": isinstance(value, dict),
        "array": isinstance(value, list),
        "number": isinstance(value, int | float | Decimal) and not isinstance(value, bool),
        "integer": (isinstance(value, int) and not isinstance(value, bool))
        or (isinstance(value, float) and value.is_integer()),
    }
    return fits[str(kind)]


def _value_problems(name: str, schema: Mapping[str, Any], value: Any) -> Iterator[Issue]:
    bare = _bare(schema)
    kind = bare.get("type")
    if bare.keys() <= _PLAIN_KEYS and (kind is None or (isinstance(kind, str) and kind in _TYPES)):
        if not _plainly_fits(value, kind):
            yield _wrong_value(name, value, f"it must be of type `{kind}`", (), str(kind))
        return
    try:
        for error in _errors(bare, value):
            yield _wrong_value(name, value, error.message, tuple(error.absolute_path), str(kind or "value"))
    except ValueError as problem:
        yield _wrong_value(name, value, f"its schema cannot be used, {problem}", (), str(kind or "value"))


def _errors(schema: Mapping[str, Any], value: Any) -> Iterator[ValidationError]:
    """Raises `ValueError` where the schema leads out of itself, to itself without end, or has a pattern not RE2."""
    from jsonschema.exceptions import SchemaError
    from referencing.exceptions import Unresolvable

    try:
        yield from make_validator(schema).iter_errors(value)
    except SchemaError as error:
        raise ValueError(error.message) from error
    except Unresolvable as error:
        raise ValueError(f"`$ref` to {error.ref!r} is not followed; references stay inside the schema") from error
    except RecursionError as error:
        raise ValueError("it refers to itself without end") from error


def _wrong_value(name: str, value: object, reason: str, path: Path, kind: str) -> Issue:
    return Issue(
        "invalid_input",
        f"The input `{name}` is {shown(value)}: {reason}.",
        ("input", name, *path),
        remedy=f"Give a value of type {kind} that fits the schema of `{name}`.",
    )
