"""JSON Schema, kept offline and in linear time: references stay in the schema, patterns are RE2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


_VALUES = frozenset({"default", "const", "enum", "examples"})
"""Keys whose values are no schemas."""


def make_validator(schema: Mapping[str, Any] | bool) -> Validator:
    """A validator of draft 2020-12, or of the draft that the schema names.

    Raises `SchemaError` or `ValueError` when the schema is wrong. Its errors are read with `iter_errors`, which raises
    `Unresolvable` where `$ref` leads out of the schema, and `ValueError` for a pattern that is not RE2.
    """
    from jsonschema import Draft202012Validator, FormatChecker, validators
    from referencing import Registry

    library: Any = validators
    kind = library.validator_for(schema, default=Draft202012Validator)
    kind.check_schema(schema)
    rules = {"pattern": _pattern, "patternProperties": _pattern_properties}
    # An empty registry: the library's default one would fetch what `$ref` names from the network.
    return library.extend(kind, rules)(schema, registry=cast("Any", Registry)(), format_checker=FormatChecker())


def find_unusable(schema: object) -> Iterator[str]:
    """What of a schema would not be followed or understood: references out of it, patterns that are not RE2."""
    if isinstance(schema, list):
        for part in cast("list[object]", schema):
            yield from find_unusable(part)
    elif isinstance(schema, dict):
        for key, part in cast("dict[str, object]", schema).items():
            if key in _VALUES:
                continue
            if key in ("$ref", "$dynamicRef") and isinstance(part, str) and not part.startswith("#"):
                yield f"it refers to {part!r}, which is outside it and is not fetched"
            elif key == "pattern" and isinstance(part, str):
                try:
                    _compiled(part)
                except ValueError as error:
                    yield str(error)
            else:
                yield from find_unusable(part)


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
