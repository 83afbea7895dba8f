"""LangGraph at the same work: five trivial nodes, 50 runs at once, with its SQLite checkpointer and without."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict
from uuid import uuid4

from benchmarks.sampling import at_once


class _Value(TypedDict):
    value: float


def langgraph_rates(total: int) -> dict[str, float]:
    """Runs a second by kind; empty when it is not installed (`pip install treadle[benchmarks]`)."""
    if find_spec("langgraph") is None:
        return {}
    rates = {"langgraph_memory": asyncio.run(_rate(total * 3, None))}
    if find_spec("langgraph.checkpoint.sqlite") is not None:
        with TemporaryDirectory() as folder:
            rates = {"langgraph_sqlite": asyncio.run(_rate(total, Path(folder) / "peer.db")), **rates}
    return rates


async def _rate(total: int, database: Path | None) -> float:
    if database is None:
        return await _run_all(total, None)
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(str(database)) as saver:
        return await _run_all(total, saver)


async def _run_all(total: int, saver: Any) -> float:
    from langgraph.graph import END, START, StateGraph

    def add(state: _Value) -> _Value:
        return {"value": state["value"] + 1}

    names = [f"n{at}" for at in range(5)]
    builder = StateGraph(_Value)
    for name in names:
        builder.add_node(name, add)
    for before, after in zip([START, *names], [*names, END], strict=True):
        builder.add_edge(before, after)
    graph = builder.compile(checkpointer=saver)

    async def work() -> None:
        await graph.ainvoke({"value": 1.0}, {"configurable": {"thread_id": uuid4().hex}})

    await work()
    return await at_once(50, total, work)
