"""Start a run by hand, over the API, or from the command line."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import Fire, JsonValue, NodeError, trigger

if TYPE_CHECKING:
    from jsonschema import ValidationError

FORM = "The input asked for, as JSON Schema of an object. Without it, any input is taken as it comes."


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
    return [
        f"`form` refers to {reference!r}, which is outside it. Write it under `$defs` and refer to it there."
        for reference in _foreign_references(form)
    ]


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


def _foreign_references(part: object) -> Iterator[str]:
    """Every reference to another document: to follow it, validation would have to go and fetch it."""
    if isinstance(part, dict):
        for key, value in cast("dict[str, object]", part).items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
                yield value
            yield from _foreign_references(value)
    elif isinstance(part, list):
        for item in cast("list[object]", part):
            yield from _foreign_references(item)


def _refuse_misfit(given: Mapping[str, JsonValue], form: Mapping[str, JsonValue]) -> None:
    from jsonschema import Draft202012Validator
    from referencing import Registry

    for reference in _foreign_references(form):
        raise NodeError(
            f"`form` refers to {reference!r}, which is outside it and is not fetched.",
            code="foreign_reference",
            remedy="Write that part under `$defs` and refer to it there.",
            retryable=False,
        )
    # An empty registry: the validator's own fetches what it does not know over the network.
    validator = cast(Any, Draft202012Validator)(form, registry=cast(Any, Registry)())
    errors = cast("list[ValidationError]", list(validator.iter_errors(dict(given))))
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
