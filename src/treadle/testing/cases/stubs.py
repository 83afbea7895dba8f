"""What stands in for the world in a test: stubs for effects, and no way around them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from pydantic import BaseModel

from treadle.engine.failure import plain
from treadle.engine.replay_report import show
from treadle.engine.replaying import plain_path
from treadle.errors import InvalidWorkflow, NodeError
from treadle.model.workflow import Workflow
from treadle.node import Context, NodeDefinition, Registry
from treadle.node.output import Ports
from treadle.node.stop import StopRun
from treadle.store.codec import TAG, decode, encode
from treadle.testing.cases.model import Stub

_AT_HOME = frozenset({"flow.wait", "flow.signal", "flow.approval", "flow.rate_limit", "flow.emit"}) | frozenset(
    {"data.variable", "data.dedupe", "code.python", "code.javascript"}
)
"""Effects that touch nothing but the run's own clock, state, signals and tasks, or a sealed sandbox: without a stub
they do their work in a test as they do elsewhere."""


_SAID_OTHERWISE = frozenset({"inputs", "remedy", "message", "code", "retryable", "retry_after"})


@dataclass(frozen=True, slots=True)
class Made:
    """An effect that was made. `asked` are its inputs and config, as they are written."""

    path: str
    type: str
    asked: Mapping[str, Any]


@dataclass(slots=True)
class World:
    """The stubs of one test, and what was asked of them."""

    stubs: Mapping[str, tuple[Stub, ...]]
    made: list[Made] = field(default_factory=list[Made])
    missing: dict[str, str] = field(default_factory=dict[str, str])
    """Path → type of effects that no stub stands in for."""
    _calls: Counter[str] = field(default_factory=Counter[str])

    def registry(self, workflow: Workflow, registry: Registry) -> Registry:
        """`registry`, with every effect type of the workflow stubbed."""
        found = {node.type: registry.find(node.type) for node in workflow.walk()}
        effects = [one for one in found.values() if one is not None and one.type.kind == "effect"]
        return registry.with_definitions(*(self._stubbed(one) for one in effects))

    def names(self, path: str, type_: str) -> tuple[str, str, str]:
        """Under which names a stub for the effect may stand, the first that there is wins."""
        return path, plain_path(path), type_

    def _stubbed(self, definition: NodeDefinition) -> NodeDefinition:
        async def stand_in(ctx: Context, *arguments: Any, **config: Any) -> Any:
            names = self.names(ctx.path, definition.name)
            name = next((name for name in names if name in self.stubs), None)
            if name is None:
                if definition.name in _AT_HOME:
                    return await definition.function(ctx, *arguments, **config)
                self.missing[ctx.path] = definition.name
                raise NodeError(
                    f"`{ctx.path}` ({definition.name}) touches the world, and the test has no stub for it.",
                    code="no_stub",
                    remedy=f"Write under `given.effects`: `{plain_path(ctx.path)}: {{output: …}}`.",
                    retryable=False,
                )
            # A second attempt is another call, but not another effect.
            if ctx.attempt == 1:
                self.made.append(Made(ctx.path, definition.name, asked(definition, arguments, config)))
            stubs = self.stubs[name]
            stub = stubs[min(self._calls[name], len(stubs) - 1)]
            self._calls[name] += 1
            return await _answer(ctx, definition, stub)

        # An effect whose start was drawn beforehand is to be made, not to be asked about.
        type_ = replace(definition.type, in_doubt="repeat", in_doubt_for=None)
        return replace(definition, type=type_, function=stand_in, reconciler=None)


async def _answer(ctx: Context, definition: NodeDefinition, stub: Stub) -> Any:
    for step in stub.state:
        if step.by is not None:
            await ctx.state.increment(step.key, step.by, scope=step.scope)
        else:
            await ctx.state.set(step.key, read_value(step.value), scope=step.scope)
    for name, by in stub.counts.items():
        ctx.count(name, by)
    if stub.error is not None:
        error = stub.error
        details: dict[str, Any] = {key: value for key, value in error.details.items() if key not in _SAID_OTHERWISE}
        remedy = error.details.get("remedy")
        raise NodeError(
            error.message,
            code=error.type,
            retryable=error.retryable,
            remedy=remedy if isinstance(remedy, str) else None,
            **details,
        )
    if stub.stop is not None:
        raise StopRun(stub.stop.status, stub.stop.message, read_value(stub.stop.output))
    if stub.outputs is not None:
        return Ports({name: read_value(value) for name, value in stub.outputs.items()})
    output = read_value(stub.output)
    ports = [port.name for port in definition.type.outputs]
    if len(ports) == 1 or "output" in ports or not ports:
        return Ports({(ports[0] if len(ports) == 1 else "output"): output}) if ports else Ports({})
    if isinstance(output, Mapping) and set(cast("Mapping[str, Any]", output)) <= set(ports):
        return Ports(dict(cast("Mapping[str, Any]", output)))
    raise NodeError(
        f"The stub of `{ctx.path}` gives {output!r:.80}; it has the outputs {', '.join(ports)}.",
        code="invalid_output",
        remedy="Write an object of those that are live: `outputs: {" + ports[0] + ": …}`.",
        retryable=False,
    )


def asked(definition: NodeDefinition, arguments: tuple[Any, ...], config: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs and config by name, as they are written in a test."""
    named = dict(zip(definition.input_names, arguments, strict=False))
    if definition.variadic is not None:
        fixed = [name for name in definition.input_names if name != definition.variadic]
        named = {**dict(zip(fixed, arguments, strict=False)), definition.variadic: list(arguments[len(fixed) :])}
    return {name: written(value) for name, value in {**named, **config}.items()}


def written(value: Any) -> Any:
    """`value` in the words of a test file: an expression is its source, a model its fields."""
    shown = show(value)
    if isinstance(shown, BaseModel):
        return shown.model_dump(mode="json")
    if isinstance(shown, Mapping):
        return {str(key): written(item) for key, item in cast("Mapping[Any, Any]", shown).items()}
    if isinstance(shown, list | tuple):
        return [written(item) for item in cast("list[Any]", shown)]
    return plain(shown)


def read_value(value: Any) -> Any:
    """A value of a test file; `{$td: …}` stands for what JSON has no word for, as it does in the store.

    Raises `InvalidWorkflow` (`invalid_test`) for one that cannot be read."""
    text = json.dumps(value)
    if TAG not in text:
        return value
    try:
        return decode(text)
    except (ValueError, TypeError, KeyError, LookupError, ArithmeticError) as error:
        raise InvalidWorkflow(
            f"`{text:.100}` is no value: {error}.",
            code="invalid_test",
            remedy='Write `{$td: datetime, v: "2026-03-01T09:00:00+00:00"}`, or the plain text.',
        ) from None


def write_value(value: Any) -> Any:
    """`value` for a test file; `read_value` gives it back. Raises `StoreError` for what no store could keep."""
    return json.loads(encode(value))
