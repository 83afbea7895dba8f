"""The runs that a run has to do with: who started it, and whom it has started."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from treadle.model.run import RunRecord
    from treadle.service.application import Application


@dataclass(frozen=True, slots=True)
class Family:
    """`run` itself, its parent unless that is gone or there is none, and its children, oldest first."""

    run: RunRecord
    parent: RunRecord | None
    children: list[RunRecord]

    def to_dict(self) -> dict[str, Any]:
        return {
            "parent": None if self.parent is None else {**_describe(self.parent), "path": _path(self.run)},
            "children": [
                {**_describe(child), "path": _path(child), "detached": _is_detached(child)} for child in self.children
            ],
        }


async def read_family(application: Application, run_id: Any) -> Family:
    """Raises `NotFound` when there is no such run."""
    run = await application.store.get_run(run_id)
    parent = None if run.parent is None else await application.children.find_run(run.parent)
    return Family(run, parent, await application.store.list_children(run_id))


def tell_family(family: Family) -> Iterator[str]:
    """A line for each of them, with markup."""
    from treadle.cli.mark import status_text

    if family.parent is not None:
        run = family.run
        by = f"by `{_path(run)}` of" if _path(run) else "because of the failure of"
        yield f"Started {by} {family.parent.workflow}  {family.parent.id}  {status_text(family.parent.status).markup}"
    for child in family.children:
        alone = ", on its own" if _is_detached(child) and _path(child) else ""
        by = f"`{_path(child)}` started" if _path(child) else "Its failure started"
        yield f"{by} {child.workflow}{alone}  {child.id}  {status_text(child.status).markup}"


def _describe(run: RunRecord) -> dict[str, Any]:
    return {"run_id": run.id, "workflow": run.workflow, "status": run.status}


def _path(run: RunRecord) -> str | None:
    return run.origin.parent_path if run.origin else None


def _is_detached(run: RunRecord) -> bool:
    return run.origin is not None and run.origin.detached
