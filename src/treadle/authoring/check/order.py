"""The order of a level's nodes, and the cycles that leave it without one."""

from __future__ import annotations

from collections import deque

from treadle.authoring.check.level import Findings, Level


def check_order(level: Level, findings: Findings) -> list[str]:
    """Ids so ordered that every node comes after what it waits for; nodes in or behind a cycle are missing.

    An issue names each cycle.
    """
    waiting = {id_: len(before) for id_, before in level.before.items()}
    followers: dict[str, list[str]] = {id_: [] for id_ in level.nodes}
    for id_, before in level.before.items():
        for other in before:
            followers[other].append(id_)
    ready = deque(id_ for id_, count in waiting.items() if count == 0)
    order: list[str] = []
    while ready:
        id_ = ready.popleft()
        order.append(id_)
        for follower in followers[id_]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                ready.append(follower)
    if len(order) < len(waiting):
        _name_cycles(level, set(waiting) - set(order), findings)
    return order


def _name_cycles(level: Level, left: set[str], findings: Findings) -> None:
    """Walk back from every node left; each node is looked at once and named in at most one cycle beside
    that with itself."""
    index = {node.id: place for place, node in reversed(list(enumerate(level.graph.nodes)))}
    done: set[str] = set()
    told: set[str] = set()
    for start in sorted(left, key=index.__getitem__):
        if start in done:
            continue
        trail: dict[str, int] = {start: 0}
        path = [start]
        ways = [iter(level.before[start])]
        while ways:
            other = next(ways[-1], None)
            if other is None:
                ways.pop()
                finished = path.pop()
                del trail[finished]
                done.add(finished)
            elif other in trail:
                cycle = path[trail[other] :][::-1]
                if len(cycle) == 1:
                    _tell(level, cycle, index, findings)
                elif told.isdisjoint(cycle):
                    told.update(cycle)
                    _tell(level, cycle, index, findings)
            elif other in left and other not in done:
                trail[other] = len(path)
                path.append(other)
                ways.append(iter(level.before[other]))


def _tell(level: Level, cycle: list[str], index: dict[str, int], findings: Findings) -> None:
    first = min(range(len(cycle)), key=lambda place: index[cycle[place]])
    turned = cycle[first:] + cycle[:first]
    shown = turned if len(turned) <= 12 else [*turned[:6], "…", *turned[-5:]]
    names = " → ".join(f"`{id_}`" if id_ != "…" else id_ for id_ in [*shown, turned[0]])
    if len(turned) == 1:
        message = f"`{turned[0]}` waits for itself: {names}."
        remedy = "A node cannot read its own result; nor can what stands inside a container read the container's."
    else:
        message = f"These nodes wait for each other: {names}."
        remedy = "Remove a connection, reference or `after`; to repeat something, use `flow.loop` or `flow.while`."
    findings.error("cycle", message, (*level.path, "nodes", index[turned[0]]), remedy, turned[0])
