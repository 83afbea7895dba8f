"""Answer the webhook that started the run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.node import Context, JsonValue, NodeError, effect
from treadle.node.permissions import Permissions

STATUS = "The HTTP status"
HEADERS = "More headers, by name. Those that keep browsers safe, and cookies, are the server's and cannot be set"
_MOST_HEADERS = 50


@dataclass(frozen=True, slots=True)
class Answer:
    """What a waiting request is answered."""

    body: JsonValue = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Answers:
    """The requests of this process that wait for a run to answer them. A node context's resource."""

    def __init__(self, permissions: Permissions) -> None:
        self._waiting: dict[str, asyncio.Future[Answer]] = {}

    def expect(self, run_id: str) -> asyncio.Future[Answer]:
        """Resolves to the first answer of the run; cancel it when nobody waits any more."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[run_id] = future
        future.add_done_callback(lambda _: self._waiting.pop(run_id, None))
        return future

    def give(self, run_id: str, answer: Answer) -> bool:
        """Whether a request waited for it."""
        future = self._waiting.get(run_id)
        if future is None or future.done():
            return False
        future.set_result(answer)
        return True

    async def aclose(self) -> None:
        for future in list(self._waiting.values()):
            future.cancel()


class Responded(NamedTuple):
    answered: Annotated[bool, Field(description="Whether a request waited for it")]
    reason: Annotated[str | None, Field(description="Why none did")]


@effect(
    "http.respond",
    in_doubt="repeat",
    title="Respond",
    example={
        "config": {"status": 201, "headers": {"Location": "/orders/17"}},
        "inputs": {"body": {"order": 17}},
        "outputs": {"answered": False, "reason": "No request waits for this run."},
    },
)
async def respond(
    ctx: Context,
    body: JsonValue = None,
    *,
    status: Annotated[int, Field(ge=200, le=599, description=STATUS)] = 200,
    headers: Annotated[dict[str, str] | None, Field(description=HEADERS)] = None,
) -> Responded:
    """Answer the webhook that started the run, if its trigger has `respond: respond`; what follows runs on.

    Text is sent as text, anything else as JSON. The caller hears the first answer only. Where nobody waits (the run was
    started otherwise, has been answered, took too long, or its process died) it does nothing and says so.
    """
    given = dict(headers or {})
    broken = [name for name, value in given.items() if not _is_header(name, value)]
    if broken or len(given) > _MOST_HEADERS:
        raise NodeError(
            f"The headers cannot be sent: {', '.join(repr(name) for name in broken[:5]) or 'there are too many'}.",
            code="invalid_header",
            remedy="Use letters, digits and `-` in names, and one line of text as a value.",
            retryable=False,
        )
    if ctx.resource(Answers).give(ctx.run_id, Answer(body, status, given)):
        return Responded(answered=True, reason=None)
    return Responded(answered=False, reason="No request waits for this run.")


def _is_header(name: str, value: str) -> bool:
    plain = name.replace("-", "").replace("_", "")
    fits = all(" " <= character <= "\xff" and character != "\x7f" for character in value)
    return plain.isascii() and plain.isalnum() and fits
