"""What keeps a run from being forked: refused before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from treadle.engine.fork_points import ForkPoints, followers
from treadle.engine.history import Place
from treadle.engine.remains import NEVER_BEGUN, Remains
from treadle.engine.route import split_scope
from treadle.errors import Conflict
from treadle.model.ids import node_path


def check_fork(points: ForkPoints, remains: Remains, *, is_dropped: Callable[[str], bool]) -> None:
    """Raises `Conflict`: `edit_after_fork`, `container_runs_anew`, `not_reached`."""
    _check_edits(points, is_dropped)
    _check_containers(points)
    for route in points.routes:
        for step in route:
            if step.scope and not remains.has_begun(step.scope):
                raise _not_reached(points, remains, _container_of(step.scope), NEVER_BEGUN, at=route[-1].path)
    for step in points.route:
        missing = [
            (why == NEVER_BEGUN, node_path(step.scope, node.id), why)
            for node in points.upstream(step)
            if (why := remains.missing(step.scope, node)) is not None
        ]
        if missing:
            # What it waits for says more than what could not begin because of it.
            _, path, why = min(missing)
            raise _not_reached(points, remains, path, why, at=points.at)


def _check_edits(points: ForkPoints, is_dropped: Callable[[str], bool]) -> None:
    after = {step.scope: followers(step.graph, step.node) for step in points.route}
    for edited in points.edits:
        path = node_path(*edited)
        for scope, name in _way_to(edited):
            if points.graphs[scope].by_id[name].index in after.get(scope, ()) or is_dropped(scope):
                raise Conflict(
                    f"`{path}` comes after `{points.at}` and runs anew: what it gives cannot be set.",
                    code="edit_after_fork",
                    remedy=f"Set the output of `{points.at}` itself, or fork at `{path}`.",
                    node=path,
                )


def _check_containers(points: ForkPoints) -> None:
    for scope, name in points.containers:
        if points.runs_anew(scope, name):
            path = node_path(scope, name)
            raise Conflict(
                f"What `{path}` is given is edited or has changed, so all of it runs anew, also what comes before "
                f"`{points.at}` in it.",
                code="container_runs_anew",
                remedy=f"Fork at `{path}` itself, or leave what it is given as it was.",
                node=path,
            )


def _not_reached(points: ForkPoints, remains: Remains, path: str, why: str, *, at: str) -> Conflict:
    message = f"The run cannot be forked at `{at}`: `{path}`, which it needs, {why}."
    remedy = f"Fork at `{path}`, or say what it gives with `--set {path}=…`."
    if why == NEVER_BEGUN and remains.is_iterated(path):
        message = f"`{at}` says nothing of which iteration of `{path}` is meant."
        remedy = f"Write its number: `{at.replace(path, f'{path}[0]', 1)}`."
    elif why == NEVER_BEGUN:
        message = f"The run never came to `{at}`."
        remedy = "Name a node that was reached; `treadle status` shows which were."
    return Conflict(message, code="not_reached", remedy=remedy, node=at)


def _way_to(place: Place) -> Iterator[Place]:
    scope, _ = place
    yield place
    while scope:
        scope, container, _ = split_scope(scope)
        yield scope, container


def _container_of(scope: str) -> str:
    outer, container, body = split_scope(scope)
    path = node_path(outer, container)
    return path if body.index is None else f"{path}[{body.index}]"
