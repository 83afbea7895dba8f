"""Where a request goes: a checked URL, its query, and the headers that travel with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import NodeError
from treadle.packs.data.formats import json
from treadle.packs.data.row import shown

if TYPE_CHECKING:
    import httpx

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer"})


def parse_url(text: str) -> httpx.URL:
    """The URL, http or https, without user and password. Raises `NodeError`."""
    import httpx

    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError) as error:
        raise _wrong(text, f"cannot be read ({error})", "Write it like `https://example.com/path`.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise _wrong(text, "is not an http or https address", "Write it like `https://example.com/path`.")
    if url.userinfo:
        remedy = "Take user and password out of it and set `auth: basic`."
        raise NodeError("The URL carries credentials.", code="credentials_in_url", remedy=remedy, retryable=False)
    return url


def bare(url: httpx.URL | str) -> str:
    """The URL without query, fragment and credentials, which may hold secrets: for messages."""
    text = str(url).partition("?")[0].partition("#")[0]
    scheme, mark, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"[:500]


def with_query(url: httpx.URL, query: Mapping[str, Any]) -> httpx.URL:
    """`url` with more query fields: a list repeats its field, null leaves it out, true is `true`."""
    fields: dict[str, list[str]] = {}
    for name, value in query.items():
        items = cast("list[Any]", value) if isinstance(value, list | tuple) else [value]
        texts = [_text(item) for item in items if item is not None]
        if texts:
            fields[name] = texts
    return url.copy_merge_params(fields) if fields else url


def request_headers(given: Mapping[str, Any]) -> dict[str, str]:
    """The headers as text. Raises `NodeError` for one that could not be sent, or would break the message's
    framing.
    """
    headers: dict[str, str] = {}
    for name, value in given.items():
        if value is None:
            continue
        text = _text(value).strip()
        if not _TOKEN.match(name) or name.lower() in _FRAMING:
            problem = f"The header `{name[:60]}` cannot be set."
        elif _CONTROL.search(text) or not text.isascii():
            problem = f"The header `{name}` holds a line break, a control character or a letter outside ASCII."
        else:
            headers[name] = text
            continue
        raise NodeError(problem, code="invalid_header", remedy="Correct or remove it.", retryable=False, header=name)
    return headers


def auth_headers(auth: str, username: str | None, secret: str | None, header: str) -> dict[str, str]:
    """The header that says who asks. Raises `NodeError` when what it needs is not set."""
    if auth == "none":
        return {}
    if secret is None or (auth == "basic" and username is None):
        needs = "`username` and `secret`" if auth == "basic" else "`secret`"
        remedy = "Set it to `{{ secrets.name }}`."
        raise NodeError(f"`auth: {auth}` needs {needs}.", code="invalid_config", remedy=remedy, retryable=False)
    if auth == "basic":
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{secret}".encode()).decode()}
    return request_headers({"Authorization": f"Bearer {secret}"} if auth == "bearer" else {header: secret})


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    plain = json.plain(value)
    return plain if isinstance(plain, str) else json.dump(plain)


def _wrong(text: str, problem: str, remedy: str) -> NodeError:
    return NodeError(
        f"The URL {shown(bare(text))} {problem}.",
        code="invalid_url",
        remedy=remedy,
        retryable=False,
        url=bare(text),
    )
