"""JSON text to a `Tree`: as `json` reads it, with places and repeated keys."""

from __future__ import annotations

import re
from json import JSONDecodeError
from json.decoder import scanstring  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
from typing import NoReturn, cast

from treadle.authoring.tree import MAX_DEPTH, MAX_VALUES, Place, TooLarge, Tree, too_deep

_SPACE = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,4000})(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}


def read_json(text: str) -> Tree:
    """The tree of `text`. Raises `json.JSONDecodeError` where it is not JSON, `TooLarge` over the limits."""
    reader = _Reader(text)
    position = reader.skip(0)
    reader.tree.data, position = reader.value(position, 0)
    position = reader.skip(position)
    if position != len(text):
        reader.fail("there is more text after the end", position)
    return reader.tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = Tree(kind="json")
        self.count = 0
        self.line, self.line_start, self.counted = 1, 0, 0

    def skip(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        return match.end() if match else position

    def fail(self, message: str, position: int) -> NoReturn:
        raise JSONDecodeError(message, self.text, position)

    def place(self, position: int) -> Place:
        """Positions only grow, so lines are counted once over the whole text."""
        lines = self.text.count("\n", self.counted, position)
        self.counted = position
        if lines:
            self.line += lines
            self.line_start = self.text.rfind("\n", 0, position) + 1
        return self.line, position - self.line_start + 1

    def value(self, at: int, depth: int) -> tuple[object, int]:
        self.count += 1
        if self.count > MAX_VALUES:
            raise TooLarge(f"The file holds more than {MAX_VALUES} values.", "Split it.", self.place(at))
        if depth > MAX_DEPTH:
            raise too_deep(self.place(at))
        head = self.text[at : at + 1]
        if head == "{":
            return self.mapping(at, depth)
        if head == "[":
            return self.sequence(at, depth)
        if head == '"':
            return self.string(at)
        number = _NUMBER.match(self.text, at)
        if number is not None:
            if number[1] is None and number[2] is None:
                return int(number[0]), number.end()
            return float(number[0]), number.end()
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, at):
                return meaning, at + len(word)
        return self.fail("a value is missing", at)

    def string(self, at: int) -> tuple[str, int]:
        if self.text[at : at + 1] != '"':
            self.fail('a key in double quotes is missing (or a "," too many stands before this)', at)
        return cast("tuple[str, int]", scanstring(self.text, at + 1, True))

    def mapping(self, at: int, depth: int) -> tuple[dict[str, object], int]:
        found: dict[str, object] = {}
        marks = self.tree.marks[id(found)] = {}
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "}":
            return found, at + 1
        while True:
            place = self.place(at)
            key, at = self.string(at)
            if key in found:
                self.tree.refuse("duplicate_key", f"The key `{key}` stands here twice.", "Keep one of them.", place)
            at = self.skip(at)
            if self.text[at : at + 1] != ":":
                self.fail('a ":" is missing after the key', at)
            found[key], at = self.value(self.skip(at + 1), depth + 1)
            marks[key] = place
            at = self.skip(at)
            end = self.text[at : at + 1]
            if end == "}":
                return found, at + 1
            if end != ",":
                self.fail('a "," or "}" is missing', at)
            at = self.skip(at + 1)

    def sequence(self, at: int, depth: int) -> tuple[list[object], int]:
        found: list[object] = []
        marks = self.tree.marks[id(found)] = {}
        at = self.skip(at + 1)
        if self.text[at : at + 1] == "]":
            return found, at + 1
        while True:
            marks[len(found)] = self.place(at)
            item, at = self.value(at, depth + 1)
            found.append(item)
            at = self.skip(at)
            end = self.text[at : at + 1]
            if end == "]":
                return found, at + 1
            if end != ",":
                self.fail('a "," or "]" is missing', at)
            at = self.skip(at + 1)
