"""The API's document as people read it: groups of operations, what each takes and answers, and of what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Schema = Mapping[str, Any]

_METHODS = ("get", "post", "put", "patch", "delete")
_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}
_USUAL = (("minimum", 0), ("minimum", 1), ("minLength", 0), ("minLength", 1), ("minItems", 0), ("minItems", 1))
"""Limits that go without saying."""
_DEEP = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the words for a type; `schema` is the name of the thing it links to."""

    text: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a property of an object. `place` is where a parameter stands: `query`, `path`, `header`."""

    name: str
    type: Sequence[Part]
    about: str
    notes: str
    is_required: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation answers when it does what was asked."""

    status: str
    about: str
    type: Sequence[Part]
    media_type: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    about: str
    parameters: Sequence[Field]
    body_type: Sequence[Part]
    body: Sequence[Field]
    answers: Sequence[Answer]
    refusals: Sequence[str]
    example: str

    def holds(self, words: Sequence[str]) -> bool:
        """Whether every word is in what is said of it."""
        text = f"{self.id} {self.method} {self.path} {self.summary} {self.about}".lower()
        return all(word in text for word in words)

    def names(self) -> set[str]:
        """The things that it names."""
        answers = {name for answer in self.answers for name in _names(answer.type, ())}
        return _names(self.body_type, [*self.parameters, *self.body]) | answers


def _names(type: Sequence[Part], fields: Sequence[Field]) -> set[str]:
    parts = [*type, *(part for field in fields for part in field.type)]
    return {part.schema for part in parts if part.schema is not None}


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    about: str
    operations: Sequence[Operation]


@dataclass(frozen=True, slots=True)
class Thing:
    """What a request or a response is made of. `type` where it is no object."""

    name: str
    about: str
    fields: Sequence[Field]
    type: Sequence[Part]

    def names(self) -> set[str]:
        return _names(self.type, self.fields)


@dataclass(frozen=True, slots=True)
class Reference:
    title: str
    version: str
    about: str
    groups: Sequence[Group]
    things: Sequence[Thing]
    refusals: Sequence[tuple[str, str]]
    """Each status with what it means, whatever was asked."""

    def find(self, query: str) -> Sequence[Group]:
        """The groups with those operations that have every word of the query in what is said of them."""
        words = query.lower().split()
        if not words:
            return self.groups
        found = [Group(one.name, one.about, [op for op in one.operations if op.holds(words)]) for one in self.groups]
        return [group for group in found if group.operations]

    def things_of(self, groups: Sequence[Group]) -> Sequence[Thing]:
        """What the operations of these groups take and answer, and what that is made of."""
        by_name = {thing.name: thing for thing in self.things}
        found: set[str] = set()
        ahead = {"Problem", *(name for group in groups for one in group.operations for name in one.names())}
        while ahead:
            name = ahead.pop()
            found.add(name)
            ahead |= by_name[name].names() - found if name in by_name else set()
        return [thing for thing in self.things if thing.name in found]


def make_reference(document: Schema) -> Reference:
    """What the OpenAPI document says."""
    by_tag: dict[str, list[Operation]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                found = _operation(document, method, path, methods[method])
                by_tag[methods[method]["tags"][0]].append(found)
    about = {tag["name"]: tag.get("description", "") for tag in document["tags"]}
    schemas = document["components"]["schemas"]
    return Reference(
        title=document["info"]["title"],
        version=document["info"]["version"],
        about=document["info"]["description"],
        groups=[Group(name, about[name], operations) for name, operations in by_tag.items() if operations],
        things=[_thing(name, schema) for name, schema in schemas.items()],
        refusals=_refusals(document),
    )


def _operation(document: Schema, method: str, path: str, said: Schema) -> Operation:
    content = said.get("requestBody", {}).get("content", {})
    schema = next((one.get("schema", {}) for one in content.values()), None)
    body: Schema = _resolve(document, schema) if schema is not None else {}
    empty: dict[str, Any] = {"": {}}
    answers = [
        Answer(status, _told(response), _type(one.get("schema", {})), kind)
        for status, response in said["responses"].items()
        if "$ref" not in response
        for kind, one in (response.get("content") or empty).items()
    ]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said.get("summary", ""),
        about=said.get("description", ""),
        parameters=[_parameter(one) for one in said.get("parameters", []) if _is_shown(one)],
        body_type=_type(schema) if schema is not None else (),
        body=_fields(body),
        answers=answers,
        refusals=[status for status, response in said["responses"].items() if "$ref" in response],
        example=_example(document, method, path, said, schema),
    )


def _is_shown(parameter: Schema) -> bool:
    """`Idempotency-Key` goes with every change, and is told of once."""
    return parameter["in"] != "cookie" and parameter["name"] != "Idempotency-Key"


def _told(response: Schema) -> str:
    text = str(response.get("description", ""))
    return "" if text == "Successful Response" else text


def _refusals(document: Schema) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for methods in document["paths"].values():
        for said in methods.values():
            for status, response in said["responses"].items():
                if reference := response.get("$ref"):
                    name = reference.rpartition("/")[2]
                    found[status] = document["components"]["responses"][name]["description"]
    return sorted(found.items())


def _parameter(said: Schema) -> Field:
    schema = said.get("schema", {})
    required = bool(said.get("required"))
    return Field(said["name"], _type(schema), said.get("description", ""), _notes(schema), required, said["in"])


def _fields(schema: Schema) -> list[Field]:
    required = set(schema.get("required", ()))
    return [
        Field(name, _type(one), one.get("description", ""), _notes(one), name in required)
        for name, one in schema.get("properties", {}).items()
    ]


def _thing(name: str, schema: Schema) -> Thing:
    fields = _fields(schema)
    return Thing(name, schema.get("description", ""), fields, () if fields else _type(schema))


def _resolve(document: Schema, schema: Schema) -> Schema:
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(some) == 1:
        schema = some[0]
    if reference := schema.get("$ref"):
        return document["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def _type(schema: Schema) -> list[Part]:
    """`list of Run`, `text or null`."""
    if reference := schema.get("$ref"):
        name = reference.rpartition("/")[2]
        return [Part(name, name)]
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            joined: list[Part] = []
            for one in schema[several]:
                joined += [*([Part(" or ")] if joined else []), *_type(one)]
            return joined
    if "const" in schema:
        return [Part(json.dumps(schema["const"], ensure_ascii=False))]
    if "enum" in schema:
        return [Part(" | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"]))]
    kind = schema.get("type")
    if isinstance(kind, list):
        return [Part(" or ".join(_word(str(one), schema) for one in cast("list[object]", kind)))]
    if kind == "array":
        return [Part("list of "), *_type(schema.get("items", {}))]
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return [Part("object of "), *_type(schema["additionalProperties"])]
    return [Part(_word(str(kind), schema) if kind else "any value")]


def _word(kind: str, schema: Schema) -> str:
    if kind == "string":
        return {"date-time": "time", "date": "date", "binary": "bytes"}.get(schema.get("format", ""), "text")
    return {"integer": "whole number", "boolean": "true or false"}.get(kind, kind)


def _notes(schema: Schema) -> str:
    """What narrows a value, and what stands where it is left out."""
    some = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    narrow: dict[str, Any] = {**some[0], **schema} if len(some) == 1 else dict(schema)
    notes = [
        text.format(narrow[key]) for key, text in _LIMITS.items() if key in narrow and (key, narrow[key]) not in _USUAL
    ]
    default = schema.get("default")
    if default not in (None, [], {}, ""):
        notes.append(f"default {json.dumps(default, ensure_ascii=False)}")
    return ", ".join(notes)


def _example(document: Schema, method: str, path: str, said: Schema, schema: Schema | None) -> str:
    """The request as a command, with the least that is needed. `$API` and `$KEY` are the reader's."""
    words = ["curl", '-H "Authorization: Bearer $KEY"']
    if method.upper() != "GET" and (schema is None or method != "post"):
        words.append(f"-X {method.upper()}")
    if any(one["name"] == "If-Match" for one in said.get("parameters", ())):
        words.append('-H "If-Match: $ETAG"')
    if schema is not None:
        least = _least(document, schema)
        words.append("--json " + "'" + json.dumps(least, ensure_ascii=False).replace("'", "'\\''") + "'")
    needed = [
        f"{one['name']}={_least(document, one.get('schema', {}))}"
        for one in said.get("parameters", ())
        if one["in"] == "query" and one.get("required")
    ]
    address = f'"$API{path}{"?" + "&".join(needed) if needed else ""}"'
    return " ".join([*words, address])


def _least(document: Schema, schema: Schema, depth: int = 0) -> Any:
    """The least value that fits."""
    schema = _resolve(document, schema)
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _least(document, schema[several][0], depth)
    match schema.get("type"):
        case "object" if depth < _DEEP:
            return {
                name: _least(document, schema["properties"][name], depth + 1) for name in schema.get("required", ())
            }
        case "object":
            return {}
        case "array":
            return [_least(document, schema.get("items", {}), depth + 1)] if schema.get("minItems") else []
        case "integer" | "number":
            return max(schema.get("minimum", 1), 1)
        case "boolean":
            return True
        case "string":
            return "2026-01-31T12:00:00Z" if schema.get("format") == "date-time" else "…"
        case _:
            return None
