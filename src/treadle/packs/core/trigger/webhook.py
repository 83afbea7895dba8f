"""Start a run for each HTTP request to an address."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple, cast

from pydantic import Field

from treadle.errors import ExpressionError
from treadle.expressions import compile_expression
from treadle.model.duration import Duration
from treadle.node import Expression, Fire, JsonValue, Names, SecretRef, trigger
from treadle.node.field import VerbatimMark
from treadle.packs.core.trigger.hook import path_problem

PATH = (
    "The address below `/hooks/`: `orders/new`. A segment `{name}` may be anything and is given in `path`. Without it,"
    " the address is made of the deployment's name and cannot be guessed."
)
METHODS = "The HTTP methods that it answers"
AUTH = (
    "Who may call: `none` anybody who knows the address; `token` who sends the secret as `Authorization: Bearer` or"
    " `X-Token`; `basic` who sends `user` and the secret; `signature` who signs as Standard Webhooks says; `github` who"
    " signs in `X-Hub-Signature-256`"
)
SECRET = "The token, the password, or the key that requests are signed with: `{{ secrets.name }}`"
USER = "The user name, with `auth: basic`"
TOLERANCE = "How old, or how far ahead, a signed request may be"
RESPOND = (
    "What the caller hears: `at_once` 202 and the run's id; `when_done` the run's output; `respond` what an"
    " `http.respond` node says"
)
WAIT = "How long the caller is kept waiting; then they hear 202 and the run's id, and the run goes on"
INPUT = (
    "The workflow's inputs, each an expression over `body`, `query`, `headers`, `path` and `method`:"
    " `order: body.order.id`"
)
MAX_BODY = "The most bytes that a body may have"
TYPES = "The kinds of body that are taken"
CORS = "Origins whose pages may call it from a browser: `https://shop.example`; `*` for all"
IN_TURN = (
    "One run after another, as the deployment's limits say. Without it, and where the deployment has no limits of its"
    " own, requests are answered beside each other"
)

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
BodyType = Literal["json", "form", "text", "files", "bytes"]
ROOTS = frozenset({"body", "query", "headers", "path", "method"})


class Received(NamedTuple):
    body: Annotated[JsonValue, Field(description="JSON as it is, a form as an object, anything else as text or base64")]
    query: Annotated[dict[str, JsonValue], Field(description="By name; a list where a name came several times")]
    headers: Annotated[
        dict[str, str], Field(description="By name in small letters, without cookies, credentials and signatures")
    ]
    method: Annotated[str, Field(description="In capital letters")]
    path: Annotated[dict[str, str], Field(description="The segments that `path` names")]
    hash: Annotated[str | None, Field(description="SHA-256 of the body as it arrived, in hex")]


def _check(config: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    path, auth, secret = config.get("path"), config.get("auth", "none"), config.get("secret")
    if isinstance(path, str) and (problem := path_problem(path)) is not None:
        problems.append(problem)
    if auth == "none" and secret is not None:
        problems.append("`secret` is given, but `auth` is `none`. Say how it is to be shown: `auth: token`.")
    if auth != "none" and secret is None:
        problems.append(f"`auth: {auth}` needs a `secret`. Write `secret: '{{{{ secrets.name }}}}'`.")
    if isinstance(secret, str) and ("{{" not in secret or "secrets." not in secret):
        problems.append("`secret` is written out. Keep it as a secret and write `{{ secrets.name }}`.")
    if (auth == "basic") != (config.get("user") is not None):
        problems.append("`user` belongs to `auth: basic`. Give both, or neither.")
    if not config.get("methods", ("POST",)):
        problems.append("`methods` is empty. Write `[POST]`.")
    given: Any = config.get("input")
    for name, source in cast("dict[str, Any]", given if isinstance(given, dict) else {}).items():
        try:
            foreign = sorted(compile_expression(str(source)).roots - ROOTS)
        except ExpressionError:
            continue  # said where every expression is looked at
        if foreign:
            problems.append(
                f"`input.{name}` reads {', '.join(f'`{one}`' for one in foreign)} before there is a run."
                " Read `body`, `query`, `headers`, `path` or `method`."
            )
    return problems


@trigger(
    "trigger.webhook",
    title="Webhook",
    check=_check,
    example={
        "config": {"path": "orders/{shop}", "respond": "when_done"},
        "inputs": {"order": "A-17"},
        "outputs": {
            "body": {"order": "A-17"},
            "query": {},
            "headers": {},
            "method": "POST",
            "path": {},
            "hash": None,
        },
    },
)
def webhook(
    fire: Fire,
    *,
    path: Annotated[str | None, VerbatimMark(), Field(description=PATH)] = None,
    methods: Annotated[tuple[Method, ...], VerbatimMark(), Field(description=METHODS)] = ("POST",),
    auth: Annotated[
        Literal["none", "token", "basic", "signature", "github"], VerbatimMark(), Field(description=AUTH)
    ] = "none",
    secret: Annotated[SecretRef | None, Field(description=SECRET)] = None,
    user: Annotated[str | None, VerbatimMark(), Field(description=USER)] = None,
    tolerance: Annotated[Duration, VerbatimMark(), Field(ge=1, le=3600, description=TOLERANCE)] = 300.0,
    respond: Annotated[
        Literal["at_once", "when_done", "respond"], VerbatimMark(), Field(description=RESPOND)
    ] = "at_once",
    wait: Annotated[Duration, VerbatimMark(), Field(ge=0.1, le=600, description=WAIT)] = 30.0,
    input: Annotated[
        dict[str, Expression] | None, Names("body", "query", "headers", "path", "method"), Field(description=INPUT)
    ] = None,
    max_body: Annotated[int, VerbatimMark(), Field(ge=1, le=100_000_000, description=MAX_BODY)] = 1_000_000,
    types: Annotated[tuple[BodyType, ...], VerbatimMark(), Field(description=TYPES)] = (
        "json",
        "form",
        "text",
        "files",
    ),
    cors: Annotated[tuple[str, ...], VerbatimMark(), Field(description=CORS)] = (),
    in_turn: Annotated[bool, VerbatimMark(), Field(description=IN_TURN)] = False,
) -> Received:
    """Start a run for each HTTP request to an address of the server.

    A request that shows the same `Idempotency-Key` again, or is signed under the same `webhook-id`, starts no second
    run: the caller hears of the first. Files are given as `{name, type, size, base64}`. A run started by hand sees its
    input as the `body`.
    """
    payload: Any = fire.payload
    if not isinstance(payload, dict):
        return Received(dict(fire.input), {}, {}, "POST", {}, None)
    heard = cast("dict[str, Any]", payload)
    return Received(
        heard.get("body"),
        heard.get("query") or {},
        heard.get("headers") or {},
        heard.get("method") or "POST",
        heard.get("path") or {},
        heard.get("hash"),
    )
