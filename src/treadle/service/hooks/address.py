"""Where triggers answer, and that no two answer at one place."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.workflow import Workflow
from treadle.service.hooks.pattern import Pattern
from treadle.service.signing import read_key

if TYPE_CHECKING:
    from treadle.store.deployments import Deployment
    from treadle.store.sqlite_journal import SqliteStore
    from treadle.store.triggers import Trigger

Kind = Literal["hooks", "forms"]
KINDS: Mapping[str, Kind] = {"trigger.webhook": "hooks", "trigger.form": "forms"}
"""Below which path a type of trigger answers."""
_PURPOSE = b"treadle hook address 1\0"


def is_hook(trigger_type: str) -> bool:
    return trigger_type in KINDS


def path_of(trigger: Trigger) -> str:
    """The path below `/hooks/` or `/forms/`."""
    return str(trigger.config.get("path") or trigger.id).strip("/")


def address_of(trigger: Trigger) -> str:
    """`/hooks/orders/{shop}`."""
    return f"/{KINDS[trigger.type]}/{path_of(trigger)}"


def with_path(trigger: Trigger, store: Path) -> Trigger:
    """A trigger without an address has one that nobody guesses, the same whenever it is deployed."""
    if not is_hook(trigger.type) or trigger.config.get("path"):
        return trigger
    return replace(trigger, config={**trigger.config, "path": _made(trigger.deployment, trigger.id, store)})


@lru_cache(maxsize=4096)
def _made(deployment: str, trigger: str, store: Path) -> str:
    digest = hmac.digest(read_key(store), _PURPOSE + f"{deployment}\n{trigger}".encode(), hashlib.sha256)
    return f"{deployment}-{base64.b32encode(digest[:10]).decode().lower()}"


def methods_of(trigger: Trigger) -> frozenset[str]:
    if trigger.type == "trigger.form":
        return frozenset({"GET", "POST"})
    return frozenset(trigger.config.get("methods") or ("POST",))


def brought_inputs(workflow: Workflow, armed: Iterable[str]) -> frozenset[str]:
    """The inputs that every run started by its triggers is given: a deployment need not say them."""
    brought: frozenset[str] | None = None
    ids = set(armed)
    for node in workflow.nodes:
        if node.id not in ids:
            continue
        given: Any = node.config.get("input") if node.type == "trigger.webhook" else None
        mapped = frozenset(cast("dict[str, Any]", given) if isinstance(given, dict) else ())
        brought = mapped if brought is None else brought & mapped
    return brought or frozenset()


async def require_free(store: SqliteStore, triggers: Sequence[Trigger], *, deployment: Deployment) -> None:
    """Raises `InvalidWorkflow` (`address_taken`) that names every address which answers for another trigger; or does in
    part, for somebody else: what is written out goes before what may be anything, and would take what is theirs."""
    wanted = [trigger for trigger in triggers if is_hook(trigger.type)]
    if not wanted:
        return
    active = {one.id: one for one in await store.list_deployments() if one.status != "stopped"}
    others = [
        trigger
        for trigger in await store.list_triggers()
        if is_hook(trigger.type) and trigger.deployment != deployment.id and trigger.deployment in active
    ]
    owner = (await store.find_holding(deployment.workflow)).owner
    issues: list[Issue] = []
    for number, trigger in enumerate(wanted):
        pattern = Pattern.of(path_of(trigger))
        for other in [*others, *wanted[:number]]:
            both, taken = methods_of(trigger) & methods_of(other), Pattern.of(path_of(other))
            if not both or KINDS[other.type] != KINDS[trigger.type] or not pattern.overlaps(taken):
                continue
            asked = f"`{', '.join(sorted(both))} {address_of(trigger)}`"
            if pattern.shape == taken.shape:
                whose = "itself" if other.deployment == deployment.id else f"deployment `{other.deployment}`"
                said = f"{asked} starts `{other.id}` of {whose} already, and `{trigger.id}` asks for it."
            elif (
                other.deployment != deployment.id
                and (await store.find_holding(active[other.deployment].workflow)).owner != owner
            ):
                said = f"{asked} of `{trigger.id}` is in part what `{address_of(other)}` answers for somebody else."
            else:
                continue
            issues.append(
                Issue(
                    "address_taken",
                    said,
                    (trigger.id, "config", "path"),
                    remedy="Give one of them another `path`.",
                    node=trigger.node,
                )
            )
    if issues:
        raise InvalidWorkflow(
            " ".join(issue.message for issue in issues),
            code="address_taken",
            remedy="Give one of them another `path`.",
            issues=tuple(issues),
        )
