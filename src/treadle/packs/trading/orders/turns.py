"""Looking at an account's limits and writing down what they let through, as one step: for the orders of this process
by a lock, for those of all processes that share the store by the account's turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from treadle.errors import Conflict, NodeError
from treadle.model.record import OVERTAKEN
from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.orders.limits import read_limits
from treadle.packs.trading.orders.record import OrderRecord
from treadle.packs.trading.venue.refusal import refusal

MOST_TRIES = 32
"""Each time it is overtaken, somebody else's order has gone on record."""


Records = tuple[OrderRecord, ...]


async def in_turn(desk: Desk, decide: Callable[[], Awaitable[Records]]) -> Records:
    """What `decide` makes of how things are, on record, all at once. Where another process was first, with an order
    that the limits count, it is decided anew. Raises what `decide` raises, and `NodeError` (`risk_limit`)."""
    for _ in range(MOST_TRIES):
        async with desk.lock:
            try:
                return await _decide(desk, decide)
            except Conflict as error:
                if error.code != OVERTAKEN:
                    raise
        desk.look_again(prices=True)
    raise refusal(
        "risk_limit",
        f"Nothing was sent: others have ordered in `{desk.account_name}` all the while, {MOST_TRIES} times.",
        remedy="What the limits count has to stand still for a moment: order less often, or in fewer processes.",
        rule="overtaken",
    )


async def _decide(desk: Desk, decide: Callable[[], Awaitable[Records]]) -> Records:
    turn = None
    if _is_shared(desk):
        # Before anything else is looked at: what is seen later has seen every order of an earlier turn.
        turn = await desk.turn("orders")
        desk.look_again()
    records = await decide()
    await desk.keep_all(records, turn=turn)
    return records


def _is_shared(desk: Desk) -> bool:
    try:
        return read_limits(desk.provider.limits).counts_others
    except NodeError:
        return False  # `decide` says so
