"""The operations of the document as methods, asynchronous and not, of one class for each group."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from codegen.schemas import Annotations, Schema, UnknownSchema, docstring, field_name, used_imports

JSON = "application/json"
_OMITTED = "OMITTED"
_OURS = frozenset({"idempotency-key", "last-event-id", "if-none-match"})
"""Headers that the client sends itself, or has no use for."""
_POSITIONAL = ("path", "raw")


@dataclass(frozen=True)
class Parameter:
    """An argument of a method, and where it goes: `path`, `query`, `header`, `body` (a field of it), `content` (the
    whole of it), `raw` (the whole of it, as it is) or `kind` (the content type of that)."""

    name: str
    wire: str
    where: str
    annotation: str
    required: bool
    about: str = ""
    default: str = _OMITTED

    @property
    def is_positional(self) -> bool:
        return self.where in _POSITIONAL


@dataclass
class Method:
    """One operation, ready to be written."""

    group: str
    name: str
    verb: str
    path: str
    kind: str
    about: str
    parameters: list[Parameter] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    """Status → annotation of what comes with it; `str` and `bytes` are what the body is, not JSON."""
    reads: str = "json"
    item: str = ""
    starts: bool = False
    """It starts a run, which a method beside it watches."""

    @property
    def returns(self) -> str:
        return " | ".join(dict.fromkeys(self.answers.values())) or "None"


def read_methods(document: dict[str, Any], names: dict[str, dict[str, dict[str, Any]]]) -> list[Method]:
    """Every operation. Raises `UnknownSchema`."""
    found: list[Method] = []
    for group, methods in names.items():
        for name, call in methods.items():
            operation = document["paths"][call["path"]][call["method"].lower()]
            try:
                found.append(_read(document, operation, group, name, call))
            except UnknownSchema as error:
                raise UnknownSchema(f"{call['operation']}: {error}") from None
    return found


def _read(document: dict[str, Any], operation: dict[str, Any], group: str, name: str, call: dict[str, Any]) -> Method:
    annotations = Annotations(models="models.", builtins="builtins.")
    about = "\n".join(text for text in (f"{operation.get('summary', name)}.", operation.get("description")) if text)
    method = Method(group, field_name(name), call["method"], call["path"], call["kind"], about)
    for one in operation.get("parameters", []):
        if one["name"].lower() in _OURS or one["in"] == "cookie":
            continue
        if call["kind"] == "page" and one["name"] == "cursor":
            continue
        method.parameters.append(_parameter(one, annotations))
    method.parameters += _body(document, operation, annotations, {one.name for one in method.parameters})
    # What stands in the path comes first and by position, a file behind it; what is needed before what is not.
    places = {where: place for place, where in enumerate(_POSITIONAL)}
    method.parameters.sort(key=lambda one: (places.get(one.where, len(places)), not one.required))
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            method.answers[int(status)] = _answer(method, response.get("content", {}), annotations)
    if method.kind == "page":
        schema = _resolve(document, operation["responses"]["200"]["content"][JSON]["schema"])
        method.item = annotations.of(schema["properties"]["items"]["items"])
    waits = next((one for one in method.parameters if one.wire == "wait"), None)
    method.starts = waits is not None and "'stream'" in waits.annotation
    if waits is not None and method.starts:
        # A stream is asked for by the method beside it.
        method.parameters[method.parameters.index(waits)] = Parameter(
            **{**waits.__dict__, "annotation": waits.annotation.replace(", 'stream'", "")}
        )
    return method


def _parameter(said: dict[str, Any], annotations: Annotations) -> Parameter:
    annotation = annotations.of(said["schema"])
    if said["in"] == "query":
        # `status="failed"` as well as `status=["failed", "cancelled"]`.
        annotation = re.sub(r"^builtins\.list\[(.+?\]?)\](?= \||$)", r"\1 | builtins.list[\1]", annotation)
    required = said.get("required", False)
    return Parameter(
        field_name(said["name"]), said["name"], said["in"], annotation, required, said.get("description", "")
    )


def _body(
    document: dict[str, Any], operation: dict[str, Any], annotations: Annotations, taken: set[str]
) -> list[Parameter]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return []
    if JSON not in content:
        return _raw_body(list(content), taken)
    needed = operation["requestBody"].get("required", False)
    given = content[JSON]["schema"]
    nullable = [one for one in given.get("anyOf", []) if one.get("type") != "null"]
    schema = _resolve(document, nullable[0] if len(nullable) == 1 else given)
    properties = schema.get("properties")
    if properties is None:
        return [Parameter("body", "body", "content", annotations.of(given), needed)]
    required = set(schema.get("required", ()))
    return [
        Parameter(
            # `rename(name, new_name=…)`: what is in the path was named first.
            f"new_{field_name(key)}" if field_name(key) in taken else field_name(key),
            key,
            "body",
            annotations.of(one),
            key in required,
            one.get("description", ""),
        )
        for key, one in properties.items()
    ]


def _raw_body(kinds: list[str], taken: set[str]) -> list[Parameter]:
    """A file: its bytes, and which of `kinds` it is."""
    if clash := sorted(taken & {"content", "content_type"}):
        raise UnknownSchema(f"`{clash[0]}` is a parameter, and what its body is called")
    literal = f"Literal[{', '.join(map(repr, kinds))}]"
    return [
        Parameter("content", "content", "raw", "bytes", required=True),
        Parameter("content_type", "content_type", "kind", literal, required=False, default=repr(kinds[0])),
    ]


def _answer(method: Method, content: dict[str, Any], annotations: Annotations) -> str:
    if JSON in content:
        return annotations.of(content[JSON].get("schema", {}))
    if not content:
        return "None"
    kind = next(iter(content))
    method.reads = "text" if kind.startswith("text/") or "yaml" in kind or "ndjson" in kind else "bytes"
    return "str" if method.reads == "text" else "bytes"


def _resolve(document: dict[str, Any], schema: Schema) -> Schema:
    if reference := schema.get("$ref"):
        return document["components"]["schemas"][reference.rpartition("/")[2]]
    return schema


def class_name(group: str) -> str:
    return "".join(word.capitalize() for word in group.split("_")) + "Api"


def write_methods(methods: list[Method], *, waits: bool) -> str:
    """The module of the asynchronous client, or of the other."""
    prefix = "Async" if waits else ""
    head = [
        f'"""The operations of the API, {"asynchronous" if waits else "blocking"}. Generated: change the document."""',
        "",
        "from __future__ import annotations",
        "",
        "import builtins",
    ]
    imports = [
        "",
        "from treadle_client.generated import models",
        "from treadle_client.model import OMITTED",
        f"from treadle_client.paging import {prefix}Pages",
        "from treadle_client.requests import Call",
        f"from treadle_client.streaming import {prefix}Events",
        f"from treadle_client.transport import {prefix}Transport",
    ]
    lines: list[str] = []
    groups: dict[str, list[Method]] = {}
    for method in methods:
        groups.setdefault(method.group, []).append(method)
    for group, members in groups.items():
        lines += ["", "", f"class {prefix}{class_name(group)}:"]
        lines += [f"    def __init__(self, transport: {prefix}Transport) -> None:"]
        lines += ["        self._transport = transport"]
        for method in members:
            lines += ["", *_write_method(method, prefix)]
            if method.starts:
                lines += ["", *_write_watch(method, prefix)]
    lines += ["", "", f"class {prefix}Operations:", f'    """What `{prefix}Treadle` offers."""', ""]
    lines += [f"    def __init__(self, transport: {prefix}Transport) -> None:"]
    lines += [f"        self.{group} = {prefix}{class_name(group)}(transport)" for group in groups]
    return "\n".join([*head, *used_imports("\n".join(lines)), *imports, *lines]) + "\n"


def _write_method(method: Method, prefix: str) -> list[str]:
    plain = method.kind == "call"
    returns = {
        "page": f"{prefix}Pages[{method.item}]",
        "stream": f"{prefix}Events",
        "call": method.returns,
    }[method.kind]
    head = "async def" if prefix and plain else "def"
    lines = _write_head(f"    {head} {method.name}", method, returns)
    call = _write_call(method)
    answers = f"{{{', '.join(f'{status}: {kind}' for status, kind in method.answers.items())}}}"
    if method.kind == "page":
        answer = next(kind for kind in method.answers.values())
        return [*lines, *call, f"        return {prefix}Pages(self._transport, call, {answer})"]
    if method.kind == "stream":
        return [*lines, *call, f"        return {prefix}Events(self._transport, call)"]
    wait = "await " if prefix else ""
    return [*lines, *call, f"        return {wait}self._transport.send(call, {answers}, reads={method.reads!r})"]


def _write_watch(method: Method, prefix: str) -> list[str]:
    """The method that starts a run and gives its events: started once, watched without a gap."""
    name = method.name.replace("execute", "stream")
    hidden = ("wait", "timeout")
    shown = Method(**{**method.__dict__, "parameters": [one for one in method.parameters if one.wire not in hidden]})
    shown.about = f"{method.about.splitlines()[0][:-1]}, and watch it: its events, and how it ended last."
    lines = _write_head(f"    def {name}", shown, f"{prefix}Events")
    lines += _write_call(shown, extra='"wait": "async"')
    return [*lines, f"        return {prefix}Events.of_a_new_run(self._transport, call)"]


def _write_head(start: str, method: Method, returns: str) -> list[str]:
    positional = [_argument(one) for one in method.parameters if one.is_positional]
    named = [_argument(one) for one in method.parameters if not one.is_positional]
    if method.verb != "GET":
        named.append("idempotency_key: str | None = None")
    if method.kind == "stream":
        named.append("last_event_id: str | None = None")
    star = ["*"] if named else []
    lines = [f"{start}(", *(f"        {one}," for one in ["self", *positional, *star, *named])]
    lines += [f"    ) -> {returns}:"]
    told = [f"`{one.name}`: {one.about}" for one in method.parameters if one.about]
    return [*lines, *docstring("\n\n".join(["\n".join(method.about.splitlines()), *told]), "        ")]


def _argument(one: Parameter) -> str:
    return f"{one.name}: {one.annotation}" if one.required else f"{one.name}: {one.annotation} = {one.default}"


def _write_call(method: Method, extra: str = "") -> list[str]:
    lines = ["        call = Call(", f"            {method.verb!r},", f"            {method.path!r},"]
    for where in ("path", "query", "header", "body"):
        pairs = [f"{one.wire!r}: {one.name}" for one in method.parameters if one.where == where]
        if where == "body" and extra:
            pairs.append(extra)
        if pairs:
            lines.append(f"            {'values' if where == 'path' else where}={{{', '.join(pairs)}}},")
    whole = {"content": "body", "raw": "body", "kind": "content_type"}
    lines += [f"            {whole[one.where]}={one.name}," for one in method.parameters if one.where in whole]
    if method.verb != "GET":
        lines.append("            key=idempotency_key,")
    if method.kind == "stream":
        lines.append("            after=last_event_id,")
    return [*lines, "        )"]
