"""Startup checks: what a pack asks the outside before a deployment goes on in a process that has just begun.

    @at_start("order")
    async def reconcile(starting: Starting) -> Sequence[str]: ...

is called once in each process for each deployment that is active, or has runs to go on with, and whose workflow (or one
that it calls) has a node `order.*`: before any of its runs is begun or taken up here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from pydantic import JsonValue

from treadle.model.policy import Mode
from treadle.model.workflow import Workflow
from treadle.node.context import Level, Resource
from treadle.node.exchange import Records
from treadle.node.permissions import Permissions

R = TypeVar("R", bound=Resource)


class Starting(Protocol):
    """The deployment that is about to go on, and what a check may use; called as in `Context`, what is there too.

    `definition` is the workflow that its next run is of, `called` those that this one starts by name.
    """

    @property
    def deployment(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def workflow(self) -> str: ...
    @property
    def definition(self) -> Workflow: ...
    @property
    def called(self) -> Sequence[Workflow]: ...
    @property
    def mode(self) -> Mode: ...
    @property
    def run_id(self) -> str:
        """Empty: there is none."""
        ...

    @property
    def input(self) -> Mapping[str, Any]: ...
    @property
    def params(self) -> Mapping[str, Any]: ...
    @property
    def profiles(self) -> Sequence[str]: ...
    @property
    def permissions(self) -> Permissions: ...
    @property
    def records(self) -> Records: ...
    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]: ...
    def now(self) -> datetime: ...
    def resource(self, kind: type[R]) -> R: ...
    def log(self, message: str, *, level: Level = "info", **data: JsonValue) -> None: ...
    def redact(self, text: str) -> str: ...


StartCheck = Callable[[Starting], Awaitable[Sequence[str]]]
"""What is otherwise than the records say, each in a sentence; nothing: the deployment may go on.

A difference stops the deployment, for a person to look at; when they start it again, it is checked again. So put what
the outside says into the records before telling of it, or it will be told once more.

Whatever it raises says that the outside could not be asked: the deployment waits, and is checked again in a while.
"""

_checks: dict[str, list[StartCheck]] = {}


def at_start(*namespaces: str) -> Callable[[StartCheck], StartCheck]:
    """Declare a function as the check of deployments that have nodes of these namespaces (`order`: `order.place`); in a
    pack, it is found with its nodes."""

    def keep(check: StartCheck) -> StartCheck:
        for namespace in namespaces:
            found = _checks.setdefault(namespace, [])
            if check not in found:
                found.append(check)
        return check

    return keep


def start_checks(types: Iterable[str]) -> list[StartCheck]:
    """Those for these node types, of the packs imported so far, each once."""
    found: dict[StartCheck, None] = {}
    for type_ in types:
        found.update(dict.fromkeys(_checks.get(type_.partition(".")[0], ())))
    return list(found)


def forget_start_check(check: StartCheck) -> None:
    """For tests."""
    for found in _checks.values():
        if check in found:
            found.remove(check)
