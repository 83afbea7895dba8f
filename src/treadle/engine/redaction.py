"""Redaction: known secret values, not suspicious names, are blotted out of what a run leaves behind."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast
from urllib.parse import quote, quote_plus, unquote

from pydantic_core import PydanticSerializationError, to_json

BLOT = "•••"
SHORTEST = 6
"""Characters that a value needs to be looked for: anything shorter turns up in ordinary text by chance."""
_LINE = 16
"""Characters of a line of a secret of several lines, such as a private key, that is looked for on its own."""
_MOST_MEMORY = 256 << 20


_OPEN = """
    account base_url bucket country database db_name domain email endpoint environment exchange from host hostname
    header locale mode network port provider region sandbox schema scheme sender server ssl testnet timezone tls url
    user username workspace
"""
OPEN_FIELDS = frozenset(_OPEN.split())
"""Fields of a profile that are no secret: they are sealed as all are, but not blotted out where they turn up. Of an
address, its password is."""


class _Matcher(NamedTuple):
    """`find` and `replace` look through the UTF-8 of a text, or bytes as they are."""

    find: Callable[[bytes], object]
    replace: Callable[[bytes], bytes]


class Redactor:
    """Blots out `secrets`, and what `known` gives when something is first looked through.

    Nothing is compiled, and `known` is not asked, before there is something to look through.
    """

    def __init__(self, secrets: Iterable[str] = (), *, known: Callable[[], Iterable[str]] | None = None) -> None:
        self._secrets = frozenset(secrets)
        self._known = known
        self._found: _Matcher | None = None
        self._is_ready = False

    @property
    def _matcher(self) -> _Matcher | None:
        if not self._is_ready:
            secrets = self._secrets if self._known is None else self._secrets.union(self._known())
            self._found = _matcher_of(secrets) if secrets else None
            self._is_ready = True
        return self._found

    def text(self, text: str) -> str:
        matcher = self._matcher
        return text if matcher is None else _replaced(matcher, text)

    def value(self, value: Any) -> Any:
        """`value` with every text and all bytes inside redacted; itself, where there is nothing to redact."""
        matcher = self._matcher
        if matcher is None or value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return _replaced(matcher, value)
        try:
            # Looked through as a whole first: almost every value has nothing, and is then left as it is.
            if matcher.find(to_json(value, fallback=_plain, bytes_mode="base64", serialize_unknown=False)) is None:
                return value
        except (PydanticSerializationError, ValueError, TypeError, RecursionError):
            pass  # then piece by piece
        try:
            return _walked(matcher, value)
        except RecursionError:
            return value  # without an end: nothing can keep it either

    def ports(self, ports: Any) -> Any:
        """As `value`, of a mapping by port, whose names stay what they are; quick where there is nothing to do."""
        if not ports or self._matcher is None:
            return ports
        found = {name: self.value(value) for name, value in ports.items()}
        return ports if all(found[name] is value for name, value in ports.items()) else found


def _replaced(matcher: _Matcher, text: str) -> str:
    content = text.encode("utf-8", "surrogatepass")
    return text if matcher.find(content) is None else matcher.replace(content).decode("utf-8", "surrogatepass")


def _walked(matcher: _Matcher, value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return _replaced(matcher, value)
        case bytes() | bytearray():
            content = bytes(value)
            return value if matcher.find(content) is None else matcher.replace(content)
        case Mapping():
            pairs = cast("Mapping[Any, Any]", value).items()
            return {_walked(matcher, key): _walked(matcher, item) for key, item in pairs}
        case tuple():
            return _walked_tuple(matcher, cast("tuple[Any, ...]", value))
        case list():
            return [_walked(matcher, item) for item in cast("list[Any]", value)]
        case set() | frozenset():
            return type(cast("set[Any]", value))(_walked(matcher, item) for item in cast("set[Any]", value))
        case _:
            return _walked_object(matcher, value)


def _walked_tuple(matcher: _Matcher, value: tuple[Any, ...]) -> Any:
    kind: Any = type(value)
    return getattr(kind, "_make", tuple)([_walked(matcher, item) for item in value])


def _walked_object(matcher: _Matcher, value: Any) -> Any:
    plain = _plain(value)
    found = _walked(matcher, plain)
    return value if found == plain else found


def _plain(value: object) -> Any:
    """What is written of an object that is not JSON; None for what can hold no text."""
    kind = getattr(getattr(value, "dtype", None), "kind", None)
    if kind is not None:
        return cast("Any", value).tolist() if kind in "USOV" else None
    state = getattr(value, "__dict__", None)
    return {str(key): item for key, item in cast("dict[Any, Any]", state).items()} if state else str(value)


@lru_cache(maxsize=64)
def _matcher_of(secrets: frozenset[str]) -> _Matcher | None:
    forms = sorted({form for secret in secrets for form in forms_of(secret)}, key=lambda form: (-len(form), form))
    return _compiled(forms) if forms else None


def _compiled(forms: Collection[bytes]) -> _Matcher:
    import re2  # pyright: ignore[reportMissingTypeStubs]

    engine: Any = re2
    options = engine.Options()
    options.encoding = engine.Options.Encoding.LATIN1  # byte by byte
    options.longest_match = True
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    blot = BLOT.encode()
    try:
        pattern = engine.compile(b"|".join(engine.escape(form) for form in forms), options)
    except engine.error:
        return _Matcher(lambda text: next((form for form in forms if form in text), None), _one_by_one(forms, blot))
    return _Matcher(pattern.search, lambda text: pattern.sub(blot, text))


def _one_by_one(forms: Collection[bytes], blot: bytes) -> Callable[[bytes], bytes]:
    def replace(text: bytes) -> bytes:
        for form in forms:
            text = text.replace(form, blot)
        return text

    return replace


def forms_of(secret: str) -> set[bytes]:
    """How a secret may turn up: as it is, in a URL, inside JSON or HTML, in hex, anywhere within base64."""
    found: set[str] = set()
    encoded: set[str] = set()
    for part in _parts(secret):
        raw = part.encode("utf-8", "surrogatepass")
        found |= {part, html.escape(part), repr(part)[1:-1]}
        for form in (quote(raw, safe=""), quote(raw), quote_plus(raw)):
            found |= {form, _lower_escapes(form)}
        encoded |= {raw.hex(), raw.hex().upper(), *_base64_forms(raw)}
    # JSON, and JSON that is a text inside JSON.
    for _ in range(2):
        found |= {json.dumps(form, ensure_ascii=ascii_only)[1:-1] for form in found for ascii_only in (True, False)}
    return {form.encode("utf-8", "surrogatepass") for form in found | encoded}


def password_in(address: str) -> str | None:
    """The password in an address such as `postgresql://user:password@host/db`."""
    _, mark, rest = address.partition("://")
    user, at, _ = rest.rpartition("@")
    password = user.partition(":")[2]
    return unquote(password) if mark and at and password else None


def hidden_of(field: str, value: str) -> set[str]:
    """What of a profile's field is not to be seen."""
    if field.lower() not in OPEN_FIELDS:
        return {value}
    password = password_in(value)
    return set() if password is None else {password}


def _parts(secret: str) -> Iterator[str]:
    bare = secret.strip()
    if len(bare) < SHORTEST:
        return
    yield bare
    password = password_in(bare)
    if password is not None and len(password) >= SHORTEST:
        yield password
    lines = [line.strip() for line in bare.splitlines()]
    if len(lines) > 1:
        yield from (line for line in lines if len(line) >= _LINE and not line.startswith("-----"))
        yield "\n".join(lines)


def _base64_forms(raw: bytes) -> Iterator[str]:
    """What is the same of `raw` within base64, whatever stands before and after it: three ways to begin."""
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        if last - first >= SHORTEST:
            text = base64.b64encode(b"\0" * before + raw).decode()[first:last]
            yield text
            yield text.replace("+", "-").replace("/", "_")


def _lower_escapes(text: str) -> str:
    """`%2F` as `%2f`."""
    head, *rest = text.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])
