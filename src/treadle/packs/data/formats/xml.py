"""XML as JSON: attributes are `@name`, text beside them `#text`, an element that repeats is a list."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, cast

from treadle.packs.data.formats import json
from treadle.packs.data.formats.refusal import MAX_DEPTH, MAX_TEXT, MAX_VALUES, unreadable, unwritable
from treadle.packs.data.row import shown

_NAME = re.compile(r"[A-Za-z_][\w.\-:]*\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def load(value: object, *, lists: Sequence[str] = ()) -> dict[str, Any]:
    """`{root: content}`. Elements named in `lists` are lists even when there is one.

    Entity declarations are refused and nothing outside the text is read, so it cannot unfold to more than
    it is.
    """
    from xml.parsers.expat import ExpatError, ParserCreate

    if not isinstance(value, str | bytes):
        raise unreadable("XML", f"{shown(value)} came", remedy="Connect an output that carries text.")
    if len(value) > MAX_TEXT:
        raise unreadable("XML", f"it has {len(value):,} characters; at most {MAX_TEXT:,} are read")
    builder = _Builder(frozenset(lists))
    # Text has been decoded already: what its declaration says of the encoding no longer counts.
    parser = ParserCreate("utf-8" if isinstance(value, str) else None)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = _refuse_entity
    try:
        parser.Parse(value, True)
    except ExpatError as error:
        raise unreadable("XML", str(error), line=error.lineno) from error
    except UnicodeEncodeError as error:
        raise unreadable("XML", f"character {error.start} is half a surrogate pair") from error
    return builder.root


def dump(value: Any) -> str:
    """XML text of an object with one field, the root element; the inverse of `load`."""
    plain = json.plain(value)
    if not isinstance(plain, dict) or len(cast("dict[str, Any]", plain)) != 1:
        raise unwritable(
            "XML", f"it is {shown(value)}, not an object with one field", remedy="Wrap it: `{root: …}`."
        )  # fmt: skip
    [(name, content)] = cast("dict[str, Any]", plain).items()
    if isinstance(content, list):
        raise unwritable("XML", "its root is a list", remedy="Put the list in a field: `{root: {item: […]}}`.")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_element(name, content)}'


class _Builder:
    """Builds the JSON form as the parser goes, without recursion."""

    def __init__(self, lists: frozenset[str]) -> None:
        self.root: dict[str, Any] = {}
        self._lists = lists
        self._stack: list[tuple[dict[str, Any], list[str]]] = [(self.root, [])]
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1 + len(attributes)
        if self._count > MAX_VALUES:
            raise unreadable("XML", f"it has more than {MAX_VALUES:,} elements and attributes")
        if len(self._stack) > MAX_DEPTH:
            raise unreadable("XML", f"it is nested deeper than {MAX_DEPTH}")
        self._stack.append(({f"@{key}": item for key, item in attributes.items()}, []))

    def data(self, text: str) -> None:
        self._stack[-1][1].append(text)

    def end(self, name: str) -> None:
        fields, texts = self._stack.pop()
        text = "".join(texts).strip()
        content: Any = fields
        if not fields:
            content = text or None
        elif text:
            fields["#text"] = text
        parent = self._stack[-1][0]
        if name in parent:
            if not isinstance(parent[name], list):
                parent[name] = [parent[name]]
            parent[name].append(content)
        else:
            parent[name] = [content] if name in self._lists else content


def _refuse_entity(*_: object) -> Any:
    raise unreadable("XML", "it declares or asks for entities, which are not read", remedy="Write their text in place.")


def _element(name: str, content: Any) -> str:
    if not _NAME.match(name):
        raise unwritable("XML", f"`{name}` is not an element's name", remedy="Rename the field.")
    if isinstance(content, list):
        return "".join(_element(name, item) for item in cast("list[Any]", content))
    if not isinstance(content, Mapping):
        return f"<{name}/>" if content is None else f"<{name}>{_escaped(content)}</{name}>"
    attributes, inner = "", ""
    for key, item in cast("Mapping[str, Any]", content).items():
        if key == "#text":
            inner += _escaped(item)
        elif key.startswith("@"):
            if not _NAME.match(key[1:]) or isinstance(item, dict | list):
                raise unwritable(
                    "XML", f"`{key}` is not an attribute with a plain value", remedy="Rename or flatten it."
                )
            attributes += f' {key[1:]}="{_escaped(item, attribute=True)}"'
        else:
            inner += _element(key, item)
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"


def _escaped(value: Any, *, attribute: bool = False) -> str:
    text = escape(_text(value)).replace("\r", "&#13;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;") if attribute else text


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else "" if value is None else json.dump(value)
    if _CONTROL.search(text):
        raise unwritable("XML", f"{shown(text)} holds a control character", remedy="Remove it with `replace()`.")
    return text
