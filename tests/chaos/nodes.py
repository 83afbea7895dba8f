"""Effects of the chaos tests, for each way of settling doubt that `http.request` does not cover."""

from __future__ import annotations

from treadle.errors import NodeError
from treadle.node import NOT_DONE, Context, JsonValue, Registry, effect
from treadle.packs.http.clients import HttpClients

PATIENCE = 60.0
"""Seconds; much is asked at once of a service that is slow on purpose."""


async def _do(ctx: Context, kind: str, url: str, value: int) -> int:
    client = ctx.resource(HttpClients).client
    answer = await client.post(
        f"{url}/do/{kind}",
        json={"value": value},
        headers={"Idempotency-Key": ctx.idempotency_key},
        timeout=PATIENCE,
    )
    if answer.status_code != 200:
        raise NodeError(f"The service answered {answer.status_code}.", code="refused")
    return answer.json()["value"]


@effect("chaos.transfer", in_doubt="reconcile")
async def transfer(ctx: Context, *, url: str, value: int) -> int:
    """Something that must happen once; the service can be asked whether it has."""
    return await _do(ctx, "transfer", url, value)


@transfer.reconcile
async def find_transfer(ctx: Context, *, url: str, value: int) -> JsonValue:
    client = ctx.resource(HttpClients).client
    answer = await client.get(f"{url}/done/{ctx.idempotency_key}", timeout=PATIENCE)
    found = answer.json()
    return found["value"] if found["done"] else NOT_DONE


@effect("chaos.order", in_doubt="ask")
async def order(ctx: Context, *, url: str, value: int) -> int:
    """Something that must happen once; after a crash only a person may say whether it has."""
    return await _do(ctx, "order", url, value)


def registry() -> Registry:
    return Registry.installed().with_definitions(transfer, order)
