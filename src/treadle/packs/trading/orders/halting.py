"""The kill switch, as the order path sees it: a record of the deployment that only a person resets."""

from __future__ import annotations

from treadle.packs.trading.orders.desk import Desk
from treadle.packs.trading.venue.refusal import refusal

HALT = "halt"
"""Its key is the id of the deployment; `treadle.service.halting` shows and resets it."""


async def refuse_if_halted(desk: Desk) -> None:
    """Raises `NodeError` (`halted`). What cannot be read raises, too: then nothing is sent either."""
    deployment = desk.dealer.deployment
    found = None if deployment is None else await desk.dealer.records.get(HALT, deployment)
    if found is None or found.get("on") is False:
        return
    reason = str(found.get("reason") or "no reason was given")
    raise refusal(
        "halted",
        f"The kill switch of this deployment is on: {reason}. Nothing was sent.",
        remedy="Find out why, and then reset it: `treadle risk reset`, or on the deployment's page. Nothing else does.",
        since=str(found.get("at") or ""),
        reason=reason,
    )


async def halt(desk: Desk, *, reason: str, run: str) -> bool:
    """Turn the switch on; durable when it returns. Whether there is a deployment to halt."""
    deployment = desk.dealer.deployment
    if deployment is None:
        return False
    found = await desk.dealer.records.get(HALT, deployment)
    if found is None or found.get("on") is False:
        value = {"on": True, "reason": reason, "at": desk.dealer.now().isoformat(), "run": run}
        await desk.dealer.records.put(HALT, deployment, value, is_open=True)
    return True
