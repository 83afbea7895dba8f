"""Start a run for each form that somebody fills in on a hosted page."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import Fire, JsonValue, Widget, trigger
from treadle.node.field import VerbatimMark
from treadle.packs.core.trigger.hook import path_problem
from treadle.packs.data.schema import schema_problem

FIELDS = (
    "What is asked for: JSON Schema of an object (`properties`, `required`), or a list of fields"
    " `{name, label, type, required, options, help, default}`; `type` is text, long_text, email, number, integer, date,"
    " choice, choices or yes_no"
)
PATH = "The address below `/forms/`; without it, one made of the deployment's name that cannot be guessed"
TITLE = "The heading of the page"
DESCRIPTION = "What the page says above the fields"
BUTTON = "What the button says"
THANKS = "What the page says once the form was sent"
REDIRECT = "Where whoever sent the form is led afterwards, instead of the thanks"

_KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "maxLength": 1000},
    "long_text": {"type": "string", "maxLength": 20_000, "format": "multiline"},
    "email": {"type": "string", "maxLength": 254, "format": "email", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "choice": {"type": "string"},
    "choices": {"type": "array", "uniqueItems": True},
    "yes_no": {"type": "boolean"},
}
_OF_A_FIELD = frozenset({"name", "label", "type", "required", "options", "help", "default"})


class Submitted(NamedTuple):
    values: Annotated[dict[str, JsonValue], Field(description="What was filled in, by field")]


def form_schema(fields: Any) -> dict[str, Any]:
    """The JSON Schema that `fields` means. Raises `ValueError`."""
    if isinstance(fields, Mapping):
        return dict(cast("Mapping[str, Any]", fields))
    properties: dict[str, Any] = {}
    required: list[str] = []
    for number, item in enumerate(list(fields), start=1):
        given = cast("Mapping[str, Any]", item if isinstance(item, Mapping) else {"name": item})
        name = given.get("name")
        if not isinstance(name, str) or not name:
            raise ValueError(f"field {number} has no `name`")
        if name in properties:
            raise ValueError(f"two fields are called `{name}`")
        if unknown := sorted(given.keys() - _OF_A_FIELD):
            raise ValueError(f"`{name}` has {', '.join(f'`{one}`' for one in unknown)}, which a field does not have")
        kind = given.get("type", "choice" if given.get("options") else "text")
        if kind not in _KINDS:
            raise ValueError(f"`{name}` is of the type {kind!r}; use one of {', '.join(_KINDS)}")
        field: dict[str, Any] = dict(_KINDS[kind])
        if kind in ("choice", "choices"):
            options: Any = given.get("options")
            if not isinstance(options, list | tuple) or not options:
                raise ValueError(f"`{name}` lets choose and has no `options`")
            several = kind == "choices"
            field |= {"items": {"type": "string", "enum": [*options]}} if several else {"enum": [*options]}
        elif given.get("required") and field["type"] == "string":
            field["minLength"] = 1
        for ours, theirs in (("label", "title"), ("help", "description"), ("default", "default")):
            if given.get(ours) is not None:
                field[theirs] = given[ours]
        if given.get("required"):
            required.append(name)
        properties[name] = field
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _check(config: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    path, redirect = config.get("path"), config.get("redirect")
    if isinstance(path, str) and (problem := path_problem(path, parameters=False)) is not None:
        problems.append(problem)
    if (isinstance(redirect, str) and not redirect.startswith(("https://", "http://", "/"))) or redirect == "":
        problems.append(f"`redirect` is {redirect!r}. Write a whole address, `https://…`, or a path of this server.")
    try:
        schema = form_schema(config.get("fields") or ())
    except ValueError as error:
        return [*problems, f"`fields` cannot be asked for: {error}."]
    if not isinstance(schema.get("properties"), dict) or not schema["properties"]:
        problems.append("`fields` asks for nothing. Name at least one field.")
    elif (problem := schema_problem(schema)) is not None:
        problems.append(f"`fields` is not JSON Schema: {problem}. Describe an object with `properties`.")
    elif schema.get("type", "object") != "object":
        problems.append(f"`fields` describes {schema['type']!r}. Set its `type` to `object`.")
    return problems


@trigger(
    "trigger.form",
    title="Form",
    check=_check,
    example={
        "config": {"title": "Time off", "fields": [{"name": "days", "label": "Days", "type": "integer"}]},
        "inputs": {"days": 3},
        "outputs": {"values": {"days": 3}},
    },
)
def form(
    fire: Fire,
    *,
    fields: Annotated[
        dict[str, JsonValue] | tuple[str | dict[str, JsonValue], ...], VerbatimMark(), Field(description=FIELDS)
    ],
    title: Annotated[str, VerbatimMark(), Field(max_length=200, description=TITLE)] = "Form",
    description: Annotated[
        str, VerbatimMark(), Widget("long_text"), Field(max_length=5000, description=DESCRIPTION)
    ] = "",
    button: Annotated[str, VerbatimMark(), Field(max_length=60, description=BUTTON)] = "Send",
    thanks: Annotated[
        str, VerbatimMark(), Widget("long_text"), Field(max_length=5000, description=THANKS)
    ] = "Thank you. We have it.",
    redirect: Annotated[str | None, VerbatimMark(), Field(max_length=2000, description=REDIRECT)] = None,
    path: Annotated[str | None, VerbatimMark(), Field(description=PATH)] = None,
) -> Submitted:
    """Start a run for each form that somebody fills in on a page of the server, which needs no script.

    What does not fit is said next to its field, and starts nothing. Sent twice, a form starts one run. A run started by
    hand sees its input as the `values`.
    """
    payload: Any = fire.payload
    given = cast("dict[str, Any]", payload).get("values") if isinstance(payload, dict) else None
    return Submitted(values=dict(fire.input) if given is None else cast("dict[str, JsonValue]", given))
