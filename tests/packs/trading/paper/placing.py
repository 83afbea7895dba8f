"""A process that places orders on a paper account and says so; given a folder, a prefix, a first number and an end."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.packs.trading.paper.bench import Clock, paper, place


async def main(folder: str, prefix: str, first: int, end: int) -> None:
    clock = Clock()
    async with paper(Path(folder), clock, balance={"USDT": 1_000_000}) as venue:
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(first, end):
            # Each with a stop-loss and a take-profit: three orders, a fill and four entries in one transaction.
            clock.move(milliseconds=10)
            side = "buy" if number % 3 else "sell"
            fields = {"stop_loss": "100", "take_profit": "900000"} if side == "buy" else {}
            order = await place(venue, f"{prefix}-{number}", side, "market", "0.002", symbol="BTC/USDT:USDT", **fields)
            print(order.client_id, order.id, order.status, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
