"""YAML text to a `Tree`: from the parser's events, so that no input can exhaust the stack or the memory."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, cast

import yaml

from treadle.authoring.tree import MAX_ALIASES, MAX_DEPTH, MAX_VALUES, Place, TooLarge, Tree, too_deep

_Parser: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# YAML 1.2: `on`, `yes`, `no` and dates are text.
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}", re.ASCII)
_BASED = re.compile(r"0x[0-9a-fA-F]{1,1000}|0o[0-7]{1,1000}", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS = {"": None, "~": None} | {
    form: meaning
    for word, meaning in (("null", None), ("true", True), ("false", False))
    for form in (word, word.capitalize(), word.upper())
}
_CORE = "tag:yaml.org,2002:"
_TAGS = {_CORE + name for name in ("str", "int", "float", "bool", "null", "map", "seq")}
_MISSING = object()


def read_yaml(text: str) -> Tree:
    """The tree of the one document in `text`. Raises `yaml.YAMLError` and `TooLarge`."""
    parser = _Parser(text)
    try:
        return _Reader(parser).read()
    finally:
        parser.dispose()


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet. `size` counts values with aliases written out."""

    value: dict[str, object] | list[object]
    marks: dict[str | int, Place]
    anchor: str | None
    start: Place
    key: object = _MISSING
    place: Place = (1, 1)
    merged: list[object] | None = None
    size: int = 1
    height: int = 1


class _Reader:
    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.tree = Tree(kind="yaml")
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[object, int, int] | None] = {}
        self.aliases = self.documents = 0

    def read(self) -> Tree:
        next_event = self.parser.get_event
        while True:
            event = next_event()
            kind = cast(object, type(event))
            if kind is yaml.ScalarEvent:
                self.scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self.open(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.close()
            elif kind is yaml.AliasEvent:
                self.alias(event)
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    self.tree.refuse(
                        "several_documents",
                        "A second document starts here (`---`).",
                        "Put several workflows in one list under `workflows:`.",
                        _place(event),
                    )
                    return self.tree
            elif kind is yaml.StreamEndEvent:
                return self.tree

    def scalar(self, event: Any) -> None:
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key is _MISSING and type(frame.value) is dict:
            self.key(frame, event.value, _place(event))
            return
        tag = event.tag
        if event.implicit[0] and tag is None:
            value = plain_value(event.value)
        elif tag is None or tag == "!" or tag == _CORE + "str":
            value = event.value
        else:
            self.check_tag(event)
            value = plain_value(event.value)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, 0)
        self.put(value, _place(event), 1, 0)

    def key(self, frame: _Open, key: str, place: Place) -> None:
        if key in frame.value and key != "<<":
            self.tree.refuse("duplicate_key", f"The key `{key}` stands here twice.", "Keep one of them.", place)
        frame.key, frame.place = key, place

    def open(self, event: Any, value: dict[str, object] | list[object]) -> None:
        place = _place(event)
        if self.stack and self.stack[-1].key is _MISSING and isinstance(self.stack[-1].value, dict):
            raise TooLarge(
                "A key is a list or a mapping.",
                "Write text as the key; put text with braces in quotes.",
                place,
            )
        if len(self.stack) >= MAX_DEPTH:
            raise too_deep(place)
        if event.tag is not None:
            self.check_tag(event)
        if event.anchor:
            self.anchors[event.anchor] = None
        marks = self.tree.marks[id(value)] = {}
        self.stack.append(_Open(value, marks, event.anchor, place))
        if isinstance(value, list):
            return
        self.stack[-1].merged = []

    def close(self) -> None:
        frame = self.stack.pop()
        if frame.merged and isinstance(frame.value, dict):
            for source in frame.merged:
                for key, value in _items(source):
                    frame.value.setdefault(key, value)
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.value, frame.size, frame.height)
        self.put(frame.value, frame.start, frame.size, frame.height)

    def alias(self, event: Any) -> None:
        place = _place(event)
        self.aliases += 1
        if self.aliases > MAX_ALIASES:
            raise TooLarge(f"The file uses more than {MAX_ALIASES} aliases.", "Write the values out.", place)
        found = self.anchors.get(event.anchor)
        if found is None:
            known = event.anchor in self.anchors
            reason = "stands inside its own anchor" if known else "has no anchor before it"
            message = f"The alias `*{event.anchor}` {reason}."
            raise TooLarge(message, "Write the value out.", place)
        value, size, height = found
        frame = self.stack[-1]
        if frame.key is _MISSING and isinstance(frame.value, dict):
            if not isinstance(value, str):
                raise TooLarge("A key is an alias of something that is not text.", "Write the key out.", place)
            self.key(frame, value, place)
            return
        if len(self.stack) + height > MAX_DEPTH:
            raise too_deep(place)
        self.put(value, place, size, height)

    def put(self, value: object, place: Place, size: int, height: int) -> None:
        """Add `value` to the collection that is open, or make it the document."""
        if not self.stack:
            if self.documents == 1:
                self.tree.data = value
            return
        frame = self.stack[-1]
        frame.size += size
        if frame.size > MAX_VALUES:
            raise TooLarge(
                f"The file holds more than {MAX_VALUES} values, aliases written out.",
                "Write less, or split it.",
                place,
            )
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.value, list):
            frame.marks[len(frame.value)] = place
            frame.value.append(value)
            return
        key = cast(str, frame.key)
        if key == "<<" and isinstance(value, dict | list):
            sources = cast("list[object]", value) if isinstance(value, list) else [cast(object, value)]
            if frame.merged is not None:
                frame.merged.extend(sources)
        else:
            frame.value[key] = value
            frame.marks[key] = frame.place
        frame.key = _MISSING

    def check_tag(self, event: Any) -> None:
        if event.tag not in _TAGS:
            self.tree.refuse("invalid_yaml", f"The tag `{event.tag}` means nothing here.", "Remove it.", _place(event))


def plain_value(text: str) -> object:
    """What unquoted text means in YAML 1.2."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _place(event: Any) -> Place:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _items(source: object) -> list[tuple[str, object]]:
    return list(cast("dict[str, object]", source).items()) if isinstance(source, dict) else []
