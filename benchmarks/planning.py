"""What a plan costs, and that its cost grows with the workflow and no faster."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial

from pydantic import JsonValue

from benchmarks.row import Row
from benchmarks.sampling import per_call, rounds
from benchmarks.subjects import registry
from treadle.engine.compile import compile_plan
from treadle.engine.plan import Plan
from treadle.model.workflow import Connection, Node, Workflow


def measure(scale: float) -> Iterator[Row]:
    known = registry()
    repeat = 7 if scale >= 1 else 1
    small, middle, large = (partial(compile_plan, _branching(size), known) for size in (50, 1_000, 10_000))
    yield Row("plan_50_nodes", per_call(small, times=3, repeat=repeat) * 1000, "ms", "lower", must=2)
    yield Row("plan_1000_nodes", per_call(middle, times=1, repeat=repeat) * 1000, "ms", "lower", must=50)
    seconds, more_seconds = rounds(3, partial(_uncollected, middle), partial(_uncollected, large))
    yield Row("plan_10000_nodes_per_node_over_1000", more_seconds / seconds / 10, "×", "lower", must=1.5)


def _uncollected(compile_one: Callable[[], Plan]) -> float:
    """Seconds without the garbage collector: what it costs depends on all the process holds, not on this plan."""
    gc.disable()
    try:
        return per_call(compile_one, times=1, repeat=1)
    finally:
        gc.enable()


def _branching(size: int) -> Workflow:
    """Neither a chain nor a fan: node n follows n//2, every tenth reads another by an expression."""
    known: list[Node] = []
    connections: list[Connection] = []
    for at in range(size):
        reads = at > 0 and at % 10 == 0
        config: dict[str, JsonValue] = {"by": f"{{{{ nodes.n{at // 3}.output * 2 }}}}" if reads else 2.0}
        if at == 0:
            config["value"] = "{{ workflow.input.start }}"
        else:
            connections.append(Connection(source=f"n{at // 2}", target=f"n{at}"))
        known.append(Node(id=f"n{at}", type="bench.add", config=config))
    inputs = {"start": {"type": "number"}}
    return Workflow(name=f"branching-{size}", inputs=inputs, nodes=tuple(known), connections=tuple(connections))
