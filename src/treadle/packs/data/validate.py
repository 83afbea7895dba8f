"""Check a value against a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from treadle.node import DEAD, Branch, node
from treadle.packs.data.schema import find_problems, schema_problem


class Validated(NamedTuple):
    valid: Branch[Any] = DEAD
    invalid: Branch[dict[str, Any]] = DEAD


def _check(config: Mapping[str, Any]) -> list[str]:
    schema: Any = config.get("schema", True)
    if "{{" in repr(schema):
        return []
    problem = schema_problem(schema)
    return [f"`schema` is not a JSON Schema: {problem}"] if problem else []


@node(
    "data.validate",
    title="Validate",
    check=_check,
    requires=("jsonschema",),
    example={
        "config": {"schema": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 0}}}},
        "inputs": {"value": {"age": -1}},
        "outputs": {
            "invalid": {
                "value": {"age": -1},
                "errors": [{"path": "age", "message": "-1 is less than the minimum of 0", "rule": "minimum"}],
            }
        },
    },
)
def validate_value(
    value: Any,
    *,
    schema: Annotated[
        dict[str, Any] | bool, Field(description="A JSON Schema (2020-12 unless its `$schema` says another).")
    ],
    max_errors: Annotated[int, Field(ge=1, le=1000, description="How many errors are listed at most.")] = 100,
) -> Validated:
    """Pass the value on to `valid` when it fits the schema, else `{value, errors}` to `invalid`.

    Each error has the `path` of what does not fit, a `message` and the schema `rule` it breaks. Formats
    such as `date` and `email` are checked; patterns are RE2 (linear time, no look-around); a `$ref` never
    leaves the schema.
    """
    problems = find_problems(value, schema, limit=max_errors)
    return Validated(invalid={"value": value, "errors": problems}) if problems else Validated(valid=value)
