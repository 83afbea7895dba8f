"""The `Lookout` that a trigger's watch is given."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import JsonValue

from treadle.engine.profiles import fields_of
from treadle.engine.redaction import Redactor
from treadle.engine.render import compile_expressions, compile_value
from treadle.engine.world import World
from treadle.errors import InvalidWorkflow
from treadle.model.run import RunRecord
from treadle.node.context import Resource
from treadle.node.definition import NodeDefinition
from treadle.node.permissions import Permissions

R = TypeVar("R", bound=Resource)
Keep = Callable[[JsonValue], Awaitable[None]]

log = logging.getLogger("treadle.watch")


class EngineLookout:
    """Implements `treadle.node.watching.Lookout` for the runs of one deployment: `like` is such a run, or any run that
    a person is about to start."""

    def __init__(
        self,
        world: World,
        like: RunRecord,
        *,
        remembered: JsonValue = None,
        is_resumed: bool = False,
        keep: Keep | None = None,
        saw: Callable[[datetime], None] | None = None,
    ) -> None:
        self._world = world
        self._like = like
        self._keep = keep
        self._saw = saw
        self.redactor: Redactor = world.redactor_for(like.origin)
        self.remembered = remembered
        self.is_resumed = is_resumed

    @property
    def run_id(self) -> str:
        return self._like.id

    @property
    def workflow(self) -> str:
        return self._like.workflow

    @property
    def deployment(self) -> str | None:
        return self._like.deployment

    @property
    def mode(self) -> Literal["live", "paper", "test"]:
        return self._like.mode

    @property
    def permissions(self) -> Permissions:
        return self._world.permissions

    def resource(self, kind: type[R]) -> R:
        return self._world.resources.get(kind)

    def profile(self, name: str | None, *, provider: str | None = None) -> Mapping[str, str]:
        return fields_of(self._world, self._like, name, provider=provider)

    def now(self) -> datetime:
        return self._world.clock.now()

    def saw(self, at: datetime) -> None:
        if self._saw is not None:
            self._saw(at)

    async def remember(self, value: JsonValue) -> None:
        if self._keep is not None:
            await self._keep(self.redactor.value(value))
        self.remembered = value

    def log(self, message: str, *, level: Literal["debug", "info", "warning", "error"] = "info") -> None:
        whose = self._like.deployment or self._like.workflow
        log.log(logging.getLevelNamesMapping()[level.upper()], "%s: %s", whose, self.redactor.text(message))


def config_of(
    definition: NodeDefinition, config: Mapping[str, Any], params: Mapping[str, Any], *, trigger: str
) -> dict[str, Any]:
    """What is written in `config`, as the watch of a trigger takes it: `params` filled in, and checked.

    Raises `InvalidWorkflow` (`invalid_trigger`), and `ExpressionError` of what cannot be filled in.
    """
    filled: dict[str, Any] = {}
    for name, value in config.items():
        field = definition.type.field_named(name)
        if field is None:
            raise _misfit(definition, trigger, [f"there is no setting `{name}`"])
        if field.kind == "expression":
            filled[name] = None if value is None else compile_expressions(value)[0]({"params": params}, None)
            continue
        compiled = None if field.kind == "literal" else compile_value(value)
        filled[name] = value if compiled is None else compiled[0]({"params": params}, None)
    checked = {name: value for name, value in filled.items() if not _is_expression(definition, name)}
    problems = [
        f"`{'.'.join(map(str, where))}`: {message}" if where else message
        for where, message in definition.config_problems({**config, **checked}, frozenset())
    ]
    if problems:
        raise _misfit(definition, trigger, problems)
    return {name: definition.config_value(name, value) for name, value in filled.items()}


def _is_expression(definition: NodeDefinition, name: str) -> bool:
    field = definition.type.field_named(name)
    return field is not None and field.kind == "expression"


def _misfit(definition: NodeDefinition, trigger: str, problems: list[str]) -> InvalidWorkflow:
    return InvalidWorkflow(
        f"The trigger `{trigger}` ({definition.name}) does not fit: {'; '.join(problems)}.",
        code="invalid_trigger",
        remedy="Correct the workflow, or the parameters of the deployment.",
    )
