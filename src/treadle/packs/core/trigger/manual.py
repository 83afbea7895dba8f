"""Start a run by hand, over the API, or from the command line."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import Fire, JsonValue, NodeError, trigger
from treadle.node.json_schema import find_unusable, make_validator

FORM = "The input asked for, as JSON Schema of an object. Without it, any input is taken as it comes."

REMEDY = "Write what is referred to under `$defs`, and patterns as RE2 has them."


class Started(NamedTuple):
    input: Annotated[dict[str, JsonValue], Field(description="The input given, with the form's defaults filled in")]
    user: Annotated[str | None, Field(description="Who started the run; null when nobody is signed in")]
    at: Annotated[datetime, Field(description="When the run was started, UTC")]


def _check(config: Mapping[str, Any]) -> list[str]:
    if not isinstance(config.get("form"), dict):
        return []
    form = cast(Mapping[str, Any], config["form"])
    from jsonschema import Draft202012Validator, SchemaError

    try:
        Draft202012Validator.check_schema(form)
    except SchemaError as error:
        where = "".join(f".{part}" for part in error.absolute_path)
        return [f"`form{where}` is not JSON Schema: {error.message}. Describe an object with `properties`."]
    if form.get("type", "object") != "object":
        return [f"`form` describes {form['type']!r}, but a run's input is an object. Set its `type` to `object`."]
    return [f"`form` cannot be used: {problem}. {REMEDY}" for problem in find_unusable(form)]


@trigger(
    "trigger.manual",
    title="Manual",
    check=_check,
    example={
        "config": {"form": {"type": "object", "properties": {"topic": {"type": "string"}}, "required": ["topic"]}},
        "inputs": {"topic": "tides"},
        "outputs": {"input": {"topic": "tides"}, "user": "ada", "at": "2026-01-05T09:00:00Z"},
    },
)
def manual(fire: Fire, *, form: Annotated[dict[str, JsonValue] | None, Field(description=FORM)] = None) -> Started:
    """Start a run by hand, over the API, or from the command line.

    With a `form`, the editor asks for its fields before the run starts, a field left out takes the form's
    default, and input that does not fit fails the run before anything else happens.
    """
    given: dict[str, JsonValue] = dict(fire.input)
    if form is not None:
        given = {**_defaults(form), **given}
        _refuse_misfit(given, form)
    return Started(input=given, user=fire.user, at=fire.at)


def _defaults(form: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    properties = form.get("properties")
    if not isinstance(properties, dict):
        return {}
    return {
        name: field["default"] for name, field in properties.items() if isinstance(field, dict) and "default" in field
    }


def _refuse_misfit(given: Mapping[str, JsonValue], form: Mapping[str, JsonValue]) -> None:
    for problem in find_unusable(form):
        raise NodeError(f"`form` cannot be used: {problem}.", code="invalid_schema", remedy=REMEDY, retryable=False)
    errors = list(make_validator(form).iter_errors(dict(given)))
    if not errors:
        return
    problems = sorted(f"{'.'.join(map(str, one.path)) or 'input'}: {one.message}" for one in errors)
    raise NodeError(
        f"The input does not fit the form: {'; '.join(problems)}.",
        code="invalid_input",
        remedy="Start the run again with input that fits, or change the trigger's `form`.",
        retryable=False,
        problems=problems,
    )
