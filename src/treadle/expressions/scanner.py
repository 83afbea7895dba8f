"""From characters to tokens, one at a time: a template's expression ends where its parser says."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from treadle.expressions import limits
from treadle.expressions.problem import Problem

_SPACES = frozenset(" \t\r\n")
_NAME_BEGINS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$")
_NUMBER_BEGINS = frozenset("0123456789.")
_SPACE = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_ID = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"===|!==|\*\*|==|!=|<=|>=|=>|&&|\|\||\?\?|\?\.(?![0-9])|[-+*/%<>!?:,.|(){}\[\]=]")
_PLAIN_TEXT = {'"': re.compile(r'[^"\\]*'), "'": re.compile(r"[^'\\]*")}
_ESCAPES = {
    "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0",
    "\\": "\\", '"': '"', "'": "'", "/": "/", "\n": "",
}  # fmt: skip
_HEX = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")
_WORDS = {"and": "&&", "or": "||"}
_SPELLINGS = {"===": "==", "!==": "!="}
_FOREIGN = {
    "=": "Write `==` to compare; expressions cannot assign.",
    "`": "Write texts in 'single' or \"double\" quotes.",
    "&": "Write `&&` or `and`.",
    ";": "An expression is one value; there are no statements.",
    "#": "There are no comments in expressions.",
}
_INT64 = 1 << 63


class Token(NamedTuple):
    """`kind` is name, number, text, sign or end; `text` the sign or name; `value` the literal's value."""

    kind: str
    text: str
    value: int | float | str | None
    start: int
    end: int


class Scanner:
    """Reads tokens of `source` from offset `start` on; at most `limits.SOURCE` characters."""

    def __init__(self, source: str, start: int = 0, allowance: int = limits.SOURCE) -> None:
        self.source = source
        self._last = start + allowance

    def token(self, position: int) -> Token:
        """The token at or after `position`. Raises Problem(syntax) or Problem(too_long)."""
        source = self.source
        start = self._start(position)
        if start >= len(source):
            return Token("end", "", None, len(source), len(source))
        letter = source[start]
        if letter in _NAME_BEGINS:
            match = _NAME.match(source, start)
            text = match.group() if match else letter
            sign = _WORDS.get(text)
            token = Token("sign" if sign else "name", sign or text, None, start, start + len(text))
        elif letter in _NUMBER_BEGINS and (match := _NUMBER.match(source, start)) is not None:
            token = self._number(start, match.end())
        elif letter in _PLAIN_TEXT:
            token = self._text(letter, start)
        elif (match := _SIGN.match(source, start)) is not None and match.group() != "=":
            text = match.group()
            token = Token("sign", _SPELLINGS.get(text, text), None, start, match.end())
        else:
            raise self._foreign(letter, start)
        if token.end > self._last:
            raise too_long()
        return token

    def node_id(self, position: int) -> Token:
        """The node id at or after `position`; unlike a name it may contain hyphens."""
        start = self._start(position)
        match = _ID.match(self.source, start)
        if match is None:
            raise Problem("syntax", "a node's id should stand here", position=start)
        return Token("name", match.group(), None, start, match.end())

    def _start(self, position: int) -> int:
        if self.source[position : position + 1] not in _SPACES:
            return position
        match = _SPACE.match(self.source, position)
        return match.end() if match else position

    def _number(self, start: int, end: int) -> Token:
        text = self.source[start:end]
        if end - start > 400:
            raise Problem("syntax", "this number is too long", position=start)
        following = _NAME.match(self.source, end)
        if following is not None:
            raise Problem(
                "syntax",
                f"`{following.group()[:40]}` cannot follow a number directly",
                remedy="Names begin with a letter; durations and the like are texts: '5m'.",
                position=end,
            )
        value: int | float = int(text) if text.isdigit() and len(text) < 20 else float(text)
        if isinstance(value, int) and value >= _INT64:
            value = float(value)
        if value == float("inf"):
            raise Problem("too_large", "this number is too large", position=start)
        return Token("number", text, value, start, end)

    def _text(self, quote: str, start: int) -> Token:
        source, pieces, position = self.source, list[str](), start + 1
        while True:
            match = _PLAIN_TEXT[quote].match(source, position)
            end = match.end() if match else position
            pieces.append(source[position:end])
            if end >= len(source):
                raise Problem("syntax", "this text is not closed", remedy=f"Add a {quote} at its end.", position=start)
            if end > self._last:
                raise too_long()
            if source[end] == quote:
                break
            piece, position = self._escape(end)
            pieces.append(piece)
        value = "".join(pieces)
        if not is_writable(value):
            # A pair of \u escapes is one character; half a pair is none.
            try:
                value = value.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                raise Problem("syntax", "this text has half a surrogate pair", position=start) from None
        return Token("text", value, value, start, end + 1)

    def _escape(self, position: int) -> tuple[str, int]:
        source = self.source
        match = _HEX.match(source, position)
        if match is not None:
            number = int(match.group(match.lastindex or 0), 16)
            if number > 0x10FFFF:
                raise Problem("syntax", "there is no such character", position=position)
            return chr(number), match.end()
        letter = source[position + 1 : position + 2]
        # Other letters keep their backslash, so that patterns ('\d+') need no doubling.
        return _ESCAPES.get(letter, "\\" + letter), position + 2

    def _foreign(self, letter: str, start: int) -> Problem:
        if letter in _FOREIGN:
            return Problem("syntax", f"`{letter}` means nothing here", remedy=_FOREIGN[letter], position=start)
        name = unicodedata.name(letter, "a character without a name")
        return Problem(
            "syntax",
            f"U+{ord(letter):04X} ({name}) cannot stand here",
            remedy='Names are made of a-z, A-Z, 0-9 and _; read other keys as x["key"].',
            position=start,
        )


def is_writable(text: str) -> bool:
    """Whether `text` can be written as UTF-8: no lone surrogates."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def too_long() -> Problem:
    """The refusal of a source over the limit."""
    return Problem(
        "too_long",
        f"the expression is longer than {limits.SOURCE:,} characters",
        remedy="Split it over several nodes, or use a code node.",
        position=0,
    )
