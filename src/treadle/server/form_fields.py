"""The fields of a hosted page: from JSON Schema to what is shown, and from what was sent back to values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

Control = Literal["text", "email", "url", "date", "textarea", "select", "checkbox", "checkboxes"]
_CONTROLS: Mapping[str, Control] = {"email": "email", "uri": "url", "date": "date"}
_PREFIX = "f-"
_SAID = {
    "required": "This is needed.",
    "minLength": "This is needed.",
    "enum": "Choose one of the list.",
    "additionalProperties": "This is not asked for.",
}
_FORMATS = {"email": "Write an e-mail address, such as name@example.com.", "date": "Choose a date."}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field as `fields.html` shows it."""

    name: str
    id: str
    label: str
    control: Control
    required: bool = False
    help: str = ""
    value: str = ""
    checked: bool = False
    choices: tuple[Choice, ...] = ()
    rows: int = 5
    step: str = ""
    inputmode: str = ""
    autocomplete: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A line of the summary; `field` is the id of the field that it leads to."""

    message: str
    field: str | None = None
    label: str = ""


def describe(schema: Mapping[str, Any], sent: Mapping[str, Sequence[str]] | None = None) -> list[Field]:
    """The fields, as they were `sent`, or empty with their defaults."""
    required = set(cast("list[str]", schema.get("required") or []))
    return [_field(name, part, name in required, sent) for name, part in _properties(schema).items()]


def read_values(schema: Mapping[str, Any], sent: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What was filled in, as values of the kinds that are asked for. What is left empty is left out; what is of no
    such kind is kept as text, to be found wrong."""
    values: dict[str, Any] = {}
    for name, part in _properties(schema).items():
        given = [one.replace("\r\n", "\n") for one in sent.get(_PREFIX + name, ())]
        kind = _kind(part)
        if kind == "boolean":
            values[name] = "true" in given
        elif kind == "array" and _options(part.get("items")):
            values[name] = [_option(one, part["items"]) for one in given if one]
        elif given and given[0].strip():
            values[name] = _value(given[0], part, kind)
    return values


def judge(
    fields: Iterable[Field], problems: Iterable[Mapping[str, str]], *, schema: Mapping[str, Any]
) -> tuple[list[Field], list[FieldProblem]]:
    """The fields with what is wrong beside each, and the summary of it all."""
    listed = list(fields)
    said: dict[str, str] = {}
    general: list[FieldProblem] = []
    known = {field.name for field in listed}
    parts = _properties(schema)
    for problem in problems:
        path = problem.get("path", "")
        name = next((one for one in known if path == one or path.startswith((f"{one}.", f"{one}["))), None)
        if name is None:
            name = next(
                (one for one in known if problem.get("rule") == "required" and f"'{one}'" in problem["message"]), None
            )
        if name is None:
            general.append(FieldProblem(problem["message"]))
        else:
            said.setdefault(name, _say(problem, parts[name]))
    judged = [replace(field, error=said[field.name]) if field.name in said else field for field in listed]
    summary = [FieldProblem(one.error, one.id, one.label) for one in judged if one.error]
    return judged, [*summary, *general]


def _say(problem: Mapping[str, str], part: Mapping[str, Any]) -> str:
    rule = problem.get("rule", "")
    kind = _kind(part)
    if rule == "type":
        return {"integer": "Write a whole number.", "number": "Write a number."}.get(kind, "This is of another kind.")
    if rule in ("pattern", "format") and part.get("format") in _FORMATS:
        return _FORMATS[part["format"]]
    if rule == "minLength" and part.get("minLength", 1) > 1:
        return f"Write {part['minLength']} characters or more."
    if rule == "maxLength":
        return f"Write {part['maxLength']} characters at most."
    bounds = {"minimum": "or more", "maximum": "or less"}
    if rule in bounds:
        return f"Write {part[rule]} {bounds[rule]}."
    if rule == "required" or rule in _SAID:
        return _SAID[rule]
    return problem["message"]


def _properties(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found = cast("Mapping[str, Any]", schema.get("properties") or {})
    return {name: cast("Mapping[str, Any]", part) if isinstance(part, Mapping) else {} for name, part in found.items()}


def _kind(part: Mapping[str, Any]) -> str:
    kind: Any = part.get("type")
    if isinstance(kind, list):
        kinds = [one for one in cast("list[Any]", kind) if one != "null"]
        kind = kinds[0] if kinds else None
    return kind if isinstance(kind, str) else "string" if "enum" not in part else "any"


def _options(part: object) -> list[Any]:
    found: Any = cast("Mapping[str, Any]", part).get("enum") if isinstance(part, Mapping) else None
    return cast("list[Any]", found) if isinstance(found, list) else []


def _field(name: str, part: Mapping[str, Any], required: bool, sent: Mapping[str, Sequence[str]] | None) -> Field:
    kind, options = _kind(part), _options(part)
    given = None if sent is None else list(sent.get(_PREFIX + name, ()))
    default: Any = part.get("default")
    field = Field(
        name,
        _PREFIX + name,
        str(part.get("title") or name.replace("_", " ").capitalize()),
        "text",
        required=required,
        help=str(part.get("description") or ""),
        value=_text(default) if given is None else (given[0] if given else ""),
    )
    if kind == "boolean":
        checked = bool(default) if given is None else "true" in given
        return replace(field, control="checkbox", checked=checked, value="")
    if kind == "array" and (several := _options(part.get("items"))):
        chosen = [_text(one) for one in cast("list[Any]", default or [])] if given is None else given
        return replace(field, control="checkboxes", choices=_choices(several, chosen))
    if options:
        return replace(field, control="select", choices=_choices(options, [field.value] if field.value else []))
    if kind in ("integer", "number"):
        return replace(field, inputmode="numeric" if kind == "integer" else "decimal")
    if kind in ("array", "object"):
        return replace(field, control="textarea", help=f"{field.help} Write it as JSON.".strip())
    control: Control = "textarea" if _is_long(part) else _CONTROLS.get(str(part.get("format") or ""), "text")
    return replace(field, control=control, autocomplete={"email": "email"}.get(control, ""))


def _choices(options: Iterable[Any], chosen: Sequence[str]) -> tuple[Choice, ...]:
    return tuple(Choice(text, text, text in chosen) for text in map(_text, options))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _option(text: str, part: Mapping[str, Any]) -> Any:
    return next((one for one in _options(part) if _text(one) == text), text)


def _value(text: str, part: Mapping[str, Any], kind: str) -> Any:
    if _options(part):
        return _option(text, part)
    plain = text.strip()
    try:
        if kind == "integer":
            return int(plain) if len(plain) <= 300 else text
        if kind == "number":
            number = float(plain)
            return number if number - number == 0 else text
        if kind in ("array", "object"):
            return json.loads(plain) if len(plain) <= 100_000 else text
    except (ValueError, RecursionError):
        return text
    return text if _is_long(part) else plain


def _is_long(part: Mapping[str, Any]) -> bool:
    """Whether it is asked for in several lines: only where that is said, however long it may be."""
    return part.get("format") == "multiline" or part.get("x-widget") == "long_text"
