"""Wait to be told something from outside."""

from datetime import timedelta
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field

from treadle.model.duration import Duration
from treadle.node import DEAD, Branch, Context, Value, effect

_LONGEST = 36600 * 86400.0

NAME = "The signal's name, or a list of names of which the first to come counts"
KEY = "Whom it is about (an order, a lead): only a signal with the same key, or one sent to this run, is taken"
TIMEOUT = "Give up after so long; no limit if empty"


def _key(value: object) -> object:
    """Ids are often numbers; signals are told apart by text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


SignalName = Annotated[str, Field(min_length=1, max_length=200)]
SignalNames = Annotated[list[SignalName], Field(min_length=1, max_length=50)]


class Signalled(NamedTuple):
    payload: Annotated[Branch[Value], Field(description="What was sent with the signal")] = DEAD
    name: Annotated[Branch[str], Field(description="Which signal came; with `payload`")] = DEAD
    timed_out: Annotated[Branch[str], Field(description="When the wait ended, when none came in time")] = DEAD


@effect(
    "flow.signal",
    in_doubt="repeat",
    title="Signal",
    example={
        "config": {"name": "paid", "key": "order-7", "timeout": "48h"},
        "inputs": {},
        "outputs": {"payload": {"amount": 20}, "name": "paid"},
    },
)
async def signal(
    ctx: Context,
    *,
    name: Annotated[SignalName | SignalNames, Field(description=NAME)],
    key: Annotated[str, BeforeValidator(_key), Field(max_length=500, description=KEY)] = "",
    timeout: Annotated[Duration | None, Field(gt=0, le=_LONGEST, description=TIMEOUT)] = None,
) -> Signalled:
    """Wait until the run is sent a signal, and give what was sent with it.

    A signal is sent with `treadle signal RUN NAME [PAYLOAD]`, which only that run takes, or with
    `treadle signal --key KEY NAME [PAYLOAD]` to whichever run waits for it. One waiting node takes a signal, the one
    that has waited longest. A signal that is sent before anybody waits is kept: for as long as its run, or for 30 days
    when it was sent by key.

    When none comes within `timeout`, counted from when the node first started, `timed_out` is live and the other
    ports are dead; it holds the time at which the wait ended, and so is true in a condition. One that came in time
    counts, however late the run looks.
    """
    names = [name] if isinstance(name, str) else name
    until = None if timeout is None else ctx.started_at + timedelta(seconds=timeout)
    taken = await ctx.signals.take(*names, key=key, until=until)
    if taken is None:
        return Signalled(timed_out="" if until is None else until.isoformat())
    return Signalled(payload=taken.payload, name=taken.name)
