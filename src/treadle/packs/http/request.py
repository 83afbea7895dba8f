"""Call an HTTP service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import Field

from treadle.errors import NodeError
from treadle.model.duration import Duration
from treadle.model.policy import InDoubt
from treadle.node import Context, Needed, SecretRef, effect
from treadle.packs.http.client.body import encode
from treadle.packs.http.client.content import decode
from treadle.packs.http.client.exchange import Answer, Call, exchange, same_origin
from treadle.packs.http.client.paging import Pagination
from treadle.packs.http.client.status import is_expected, status_error, statuses
from treadle.packs.http.client.target import auth_headers, bare, parse_url, request_headers, with_query
from treadle.packs.http.clients import HttpClients

if TYPE_CHECKING:
    import httpx

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})


class Response(NamedTuple):
    """`headers` have names in lower case."""

    status: int
    headers: dict[str, str]
    body: Any


def _in_doubt(config: Mapping[str, Any]) -> InDoubt:
    repeat = config.get("safe_to_repeat")
    if isinstance(repeat, bool):
        return "repeat" if repeat else "ask"
    return "repeat" if config.get("method", "GET") in _REPEATABLE else "ask"


def _host(config: Mapping[str, Any]) -> str | None:
    url = parse_url(config["url"])
    return url.host if url.port is None else f"{url.host}:{url.port}"


def _check(config: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    url = config.get("url")
    if isinstance(url, str) and "{{" not in url:
        try:
            parse_url(url)
        except NodeError as error:
            problems.append(str(error))
    if config.get("auth", "none") in ("bearer", "header", "basic") and config.get("secret") is None:
        problems.append(
            f'`auth: {config["auth"]}` needs `secret`: name one, such as `secret: "{{{{ secrets.API_TOKEN }}}}"`, '
            "and set `TREADLE_SECRET_API_TOKEN` in the environment"
        )
    if config.get("auth") == "basic" and config.get("username") is None:
        problems.append("`auth: basic` needs `username`")
    for rule in config.get("expect") or ():
        try:
            statuses(rule)
        except ValueError as error:
            problems.append(f"`expect`: {error}")
    return problems


@effect(
    "http.request",
    in_doubt="ask",
    in_doubt_for=_in_doubt,
    title="HTTP request",
    check=_check,
    provider=_host,
    requires=("httpx",),
    example={
        "config": {"method": "GET", "url": "https://api.example.com/orders", "query": {"state": "open"}},
        "inputs": {},
        "outputs": {"status": 200, "headers": {"content-type": "application/json"}, "body": [{"id": 1}]},
    },
)
async def request(
    ctx: Context,
    body: Annotated[Any, Needed(), Field(description="What is sent: JSON, or text as it is.")] = None,
    *,
    url: Annotated[str, Field(description="http or https address, without user and password.")],
    method: Annotated[Method, Field(description="What is asked; GET, HEAD and OPTIONS send no body.")] = "GET",
    query: Annotated[
        dict[str, Any] | None,
        Field(description="Fields added to the URL's query; a list repeats its field, null leaves it out."),
    ] = None,
    headers: Annotated[dict[str, Any] | None, Field(description="Headers to send.")] = None,
    auth: Annotated[
        Literal["none", "basic", "bearer", "header"],
        Field(description="How to say who asks: user and password, a bearer token, or a header of its own."),
    ] = "none",
    username: Annotated[SecretRef | None, Field(description="basic: the user.")] = None,
    secret: Annotated[SecretRef | None, Field(description="The password, the token, or the header's value.")] = None,
    auth_header: Annotated[str, Field(description="header: its name.")] = "X-API-Key",
    send_as: Annotated[
        Literal["auto", "json", "form", "text"],
        Field(description="The body's form. `auto`: text and bytes as they are, everything else as JSON."),
    ] = "auto",
    response_as: Annotated[
        Literal["auto", "json", "text", "bytes"],
        Field(description="What `body` becomes. `auto`: as the answer's content type says."),
    ] = "auto",
    timeout: Annotated[Duration, Field(gt=0, description="For one request, its redirects and answer included.")] = 30.0,
    follow_redirects: Annotated[bool, Field(description="Follow up to 10 redirects.")] = True,
    pagination: Annotated[
        Pagination | None, Field(description="Ask for all pages; `body` is then the list of all items.")
    ] = None,
    expect: Annotated[
        tuple[int | str, ...], Field(description="Statuses that are not an error: 404, `4xx`, `200-204`.")
    ] = ("2xx", "3xx"),
    max_size: Annotated[
        int, Field(ge=1, le=2_000_000_000, description="Bytes of answer at most, all pages together.")
    ] = 50_000_000,
    safe_to_repeat: Annotated[
        bool | None,
        Field(
            description="Whether a request that a crash left in doubt is sent again (else a person is "
            "asked). Default: yes but for POST and PATCH. Set it where the server knows `Idempotency-Key`."
        ),
    ] = None,
) -> Response:
    """Call an HTTP service and give its status, headers and body.

    Requests that change something carry an `Idempotency-Key` header that is the same at every attempt.
    Loopback and private addresses are refused unless the operator allows them, also behind names and
    redirects. A status that is not expected is the error `http_status` (retryable for 408, 425, 429 and
    5xx, after the time in `Retry-After`); `timeout` and `connection` are retryable too.
    """
    sent = request_headers(headers or {})
    names = {name.lower() for name in sent}
    content = None
    if method not in _WITHOUT_BODY:
        content, kind = encode(body, send_as)
        if kind and "content-type" not in names:
            sent["Content-Type"] = kind
    call = Call(
        method=method,
        url=with_query(parse_url(url), query or {}),
        headers=sent,
        private={**_trace_headers(ctx, names), **auth_headers(auth, username, secret, auth_header)},
        content=content,
        timeout=timeout,
        max_size=max_size,
        follow_redirects=follow_redirects,
    )
    with_key = method not in _WITHOUT_BODY and "idempotency-key" not in names
    client = ctx.resource(HttpClients).client
    if pagination is None:
        answer = await _ask(ctx, client, call, expect, page=1 if with_key else None)
        return Response(answer.status, dict(answer.headers), _body(answer, method, response_as))
    return await _pages(ctx, client, call, expect, pagination, with_key)


def _trace_headers(ctx: Context, names: set[str]) -> Mapping[str, str]:
    """Those of the trace that this request is part of; a header that the workflow sets itself counts before ours."""
    return {name: value for name, value in ctx.trace_headers().items() if name.lower() not in names}


def _body(answer: Answer, method: str, response_as: str) -> Any:
    return None if method == "HEAD" else decode(answer.content, answer.headers.get("content-type", ""), as_=response_as)


async def _ask(
    ctx: Context, client: httpx.AsyncClient, call: Call, expect: tuple[int | str, ...], *, page: int | None
) -> Answer:
    """One exchange; `page` numbers the idempotency key, None sends none. Raises `NodeError`, its texts
    redacted.
    """
    if page is not None:
        key = ctx.idempotency_key if page == 1 else f"{ctx.idempotency_key}-{page}"
        call = replace(call, private={**call.private, "Idempotency-Key": key})
    ctx.log(f"{call.method} {bare(call.url)}", level="debug")
    answer = await exchange(client, call)
    if is_expected(answer.status, expect):
        return answer
    shown = replace(answer, content=ctx.redact(answer.content.decode("utf-8", "replace")).encode())
    raise status_error(shown, method=call.method, now=ctx.now())


async def _pages(
    ctx: Context,
    client: httpx.AsyncClient,
    call: Call,
    expect: tuple[int | str, ...],
    pagination: Pagination,
    with_key: bool,
) -> Response:
    gathered: list[Any] = []
    origin, left = call.url, call.max_size
    url: httpx.URL | None = pagination.first(call.url)
    asked: set[str] = set()
    answer: Answer | None = None
    for page in range(1, pagination.max_pages + 1):
        if url is None:
            break
        if str(url) in asked:
            raise NodeError(
                f"Page {page} of {bare(url)} is one that was asked for already.",
                code="pagination_loop",
                remedy="Check `pagination`: the cursor does not move on.",
                retryable=False,
            )
        asked.add(str(url))
        private: Mapping[str, str] = call.private if same_origin(origin, url) else {}
        part = replace(call, url=url, private=private, max_size=max(left, 1))
        answer = await _ask(ctx, client, part, expect, page=page if with_key else None)
        left -= len(answer.content)
        body = _body(answer, call.method, "json")
        items = pagination.items_of(body)
        gathered.extend(items)
        ctx.progress(message=f"page {page}, {len(gathered)} items")
        url = pagination.following(url, page, items, body, answer.headers)
    if url is not None:
        ctx.log(f"Stopped after {pagination.max_pages} pages; there are more.", level="warning")
    if answer is None:
        raise NodeError("No page was asked for.", code="invalid_config", retryable=False)
    return Response(answer.status, dict(answer.headers), gathered)
