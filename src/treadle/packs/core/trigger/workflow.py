"""Start a run when another workflow calls this one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import Fire, JsonValue, NodeError, trigger
from treadle.packs.data.schema import find_problems, schema_problem

SCHEMA = "The input asked for, as JSON Schema of an object. Without it, any input is taken as it comes."
_SHOWN = 10


class Called(NamedTuple):
    input: Annotated[dict[str, JsonValue], Field(description="The input given, with the schema's defaults filled in")]
    at: Annotated[datetime, Field(description="When the run was started, UTC")]


def _check(config: Mapping[str, Any]) -> list[str]:
    if not isinstance(config.get("schema"), dict):
        return []
    schema = cast("dict[str, Any]", config["schema"])
    problem = schema_problem(schema)
    if problem:
        return [f"`schema` is not JSON Schema: {problem}. Describe an object with `properties`."]
    kind = schema.get("type", "object")
    if kind != "object":
        return [f"`schema` describes {kind!r}, but a run's input is an object. Set its `type` to `object`."]
    return []


@trigger(
    "trigger.workflow",
    title="Called by a workflow",
    check=_check,
    example={
        "config": {"schema": {"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}},
        "inputs": {"order": "A-17"},
        "outputs": {"input": {"order": "A-17"}, "at": "2026-01-05T09:00:00Z"},
    },
)
def workflow(fire: Fire, *, schema: Annotated[dict[str, JsonValue] | None, Field(description=SCHEMA)] = None) -> Called:
    """Start a run when another workflow calls this one with `flow.workflow`.

    With a `schema`, a field left out takes the schema's default, and input that does not fit fails the caller's node
    with `invalid_input` before there is a run. Started by hand, such a run fails before anything else happens.
    """
    given: dict[str, JsonValue] = dict(fire.input)
    return Called(input=given if schema is None else fit_input(given, schema), at=fire.at)


def fit_input(given: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """`given` with the schema's defaults. Raises `NodeError` (`invalid_input`) that names everything that does not
    fit."""
    fields: Any = schema.get("properties")
    declared = cast("dict[str, Any]", fields) if isinstance(fields, dict) else {}
    defaults = {name: part["default"] for name, part in declared.items() if _has_default(part)}
    filled = {**defaults, **given}
    found = find_problems(filled, dict(schema), limit=_SHOWN)
    if found:
        problems = [f"{item['path'] or 'input'}: {item['message']}" for item in found]
        raise NodeError(
            f"The input does not fit what the workflow asks for: {'; '.join(problems)}.",
            code="invalid_input",
            remedy="Give input that fits, or change the `schema` of its `trigger.workflow`.",
            retryable=False,
            problems=problems,
        )
    return filled


def _has_default(part: object) -> bool:
    return isinstance(part, dict) and "default" in part
