"""JSON Schema, kept offline and in linear time: references stay in the schema, patterns are RE2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import NodeError
from treadle.packs.data.formats import json
from treadle.packs.data.path import write_path
from treadle.packs.data.row import shown

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Schema = Mapping[str, Any] | bool


def schema_problem(schema: Schema) -> str | None:
    """What is wrong with the schema itself, or None."""
    from jsonschema.exceptions import SchemaError

    try:
        _validator(json.dump(schema))
    except SchemaError as error:
        where = write_path(tuple(error.absolute_path))
        return f"{f'`{where}`: ' if where else ''}{error.message[:300]}"
    except (ValueError, RecursionError) as error:
        return str(error)
    return None


def find_problems(value: Any, schema: Schema, *, limit: int) -> list[dict[str, str]]:
    """Up to `limit` problems by path, `{path, message, rule}`. Raises `NodeError` for a wrong schema."""
    from referencing.exceptions import Unresolvable

    problem = schema_problem(schema)
    if problem:
        raise _wrong(problem)
    validator = _validator(json.dump(schema))
    try:
        errors = list(islice(validator.iter_errors(json.plain(value)), limit))
    except Unresolvable as error:
        raise _wrong(f"`$ref` to {error.ref!r} cannot be followed; references stay inside the schema") from error
    except RecursionError as error:
        raise _wrong("it refers to itself without end") from error
    except ValueError as error:
        raise _wrong(str(error)) from error
    found = [
        {
            "path": write_path(tuple(error.absolute_path)),
            "message": error.message
            if len(error.message) <= 300
            else f"{error.message[:200]}… ({shown(error.instance)})",
            "rule": str(error.validator),
        }
        for error in errors
    ]
    return sorted(found, key=lambda item: item["path"])


@lru_cache(maxsize=64)
def _validator(text: str) -> Validator:
    """The compiled schema. Raises `SchemaError` or `ValueError` when it is wrong."""
    from jsonschema import Draft202012Validator, FormatChecker, validators
    from referencing import Registry

    schema = json.load(text)
    library: Any = validators
    kind = library.validator_for(schema, default=Draft202012Validator)
    kind.check_schema(schema)
    rules = {"pattern": _pattern, "patternProperties": _pattern_properties}
    # An empty registry: the library's default one would fetch what `$ref` names from the network.
    return library.extend(kind, rules)(schema, registry=cast("Any", Registry)(), format_checker=FormatChecker())


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if isinstance(instance, str) and not _compiled(pattern).search(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(validator: Any, rules: Mapping[str, Any], instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    entries = cast("dict[str, Any]", instance)
    for pattern, inner in rules.items():
        expression = _compiled(pattern)
        for name, item in entries.items():
            if expression.search(name):
                yield from validator.descend(item, inner, path=name, schema_path=pattern)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    from importlib import import_module

    re2: Any = import_module("re2")  # It comes without types.
    try:
        return re2.compile(pattern)
    except re2.error as error:
        raise ValueError(f"the pattern {pattern!r} is not RE2: {error}") from error


def _wrong(problem: str) -> NodeError:
    return NodeError(
        f"`schema` cannot be used: {problem}.",
        code="invalid_schema",
        remedy="Correct the schema.",
        retryable=False,
    )
