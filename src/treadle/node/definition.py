"""`NodeDefinition`: a node type together with the code that runs it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from treadle.errors import NodeError
from treadle.model.node_type import NodeType
from treadle.model.wanted import told_of
from treadle.node.output import DEAD, Ports
from treadle.node.series import Collects, Lookback, Streaming
from treadle.node.stake import Stakes
from treadle.node.watching import Watching


@dataclass(slots=True, weakref_slot=True)
class LazyAdapter:
    """A pydantic validator built at first use: most runs need few of the many declared."""

    annotation: Any
    _adapter: TypeAdapter[Any] | None = None

    @property
    def adapter(self) -> TypeAdapter[Any]:
        if self._adapter is None:
            self._adapter = TypeAdapter(self.annotation)
        return self._adapter


@dataclass(eq=False)
class NodeDefinition:
    """What `@node`, `@effect`, `@trigger` and `@container` make of a function; calling it calls the function.

    `output_names` is None for a single unnamed output, else the fields of the returned NamedTuple in order;
    a function whose ports depend on config returns `Ports`.
    """

    type: NodeType
    function: Callable[..., Any]
    takes_context: bool
    input_names: tuple[str, ...]
    variadic: str | None
    output_names: tuple[str, ...] | None
    input_adapters: Mapping[str, LazyAdapter]
    config_adapters: Mapping[str, LazyAdapter]
    input_defaults: Mapping[str, Any]
    config_check: Callable[[Mapping[str, Any]], list[str]] | None = None
    next_fire: Callable[..., datetime | None] | None = None
    provider: Callable[[Mapping[str, Any]], str | None] | None = None
    last_fire: Callable[..., datetime | None] | None = None
    watching: Watching | None = None
    confirms: Stakes | None = None
    begins_with_record: bool = False
    """Its first act outside is a record: the intent is written in one commit with that."""
    reconciler: Callable[..., Awaitable[Any]] | None = field(default=None)
    columns: Mapping[str, Collects] = field(default_factory=dict[str, Collects])
    """The inputs that are columns, by name."""
    lookback: Lookback | None = None
    opener: Callable[..., Streaming | None] | None = field(default=None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    @property
    def name(self) -> str:
        return self.type.name

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Modules this node needs that are not installed."""
        from importlib.util import find_spec

        return tuple(module for module in self.type.requires if find_spec(module) is None)

    def reconcile(self, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Decorator: how to ask the outside whether this effect happened. Same parameters as the node; returns its
        result, or `NOT_DONE`."""
        self.reconciler = function
        return function

    def streaming(self, function: Callable[..., Streaming | None]) -> Callable[..., Streaming | None]:
        """Decorator: how this pure node is carried on value by value. Takes what the node takes, and returns a handle
        that gives for each further row what the node would give last; None where these columns are too short."""
        self.opener = function
        return function

    def lookback_of(self, config: Mapping[str, Any]) -> int | None:
        """How many values of its columns come before the first that it speaks of, with this (rendered) config. None: it
        needs all there ever were."""
        if self.lookback is None:
            return 0
        defaults = {item.name: item.default for item in self.type.config}
        return self.lookback({**defaults, **config})

    def provider_of(self, config: Mapping[str, Any]) -> str | None:
        """Who would be asked with this (rendered) config: a name to count failures under. None: nobody, or anybody."""
        if self.provider is None:
            return None
        try:
            return self.provider(config)
        except Exception:
            return None  # what is wrong with the config is said when it is used

    def ports_of(self, returned: Any) -> Mapping[str, Any]:
        """The live output ports of what the function returned. Raises `NodeError` (`invalid_output`)."""
        if isinstance(returned, Ports):
            return returned
        if self.output_names is None:
            return {} if not self.type.outputs or returned is DEAD else {"output": returned}
        names = self.output_names
        if not isinstance(returned, tuple) or len(cast("tuple[Any, ...]", returned)) != len(names):
            raise NodeError(
                f"`{self.name}` has the outputs {', '.join(names)}, and returned {_described(cast(object, returned))}.",
                code="invalid_output",
                remedy="Return the NamedTuple that the function declares.",
                retryable=False,
            )
        return {
            name: value
            for name, value in zip(names, cast("tuple[Any, ...]", returned), strict=True)
            if value is not DEAD
        }

    def config_value(self, name: str, value: Any) -> Any:
        """`value` as the function wants it. Raises `pydantic.ValidationError`."""
        return self.config_adapters[name].adapter.validate_python(value)

    def config_problems(self, config: Mapping[str, Any], dynamic: frozenset[str]) -> list[tuple[tuple[Any, ...], str]]:
        """(path within config, message) for each field that does not fit; fields in `dynamic` hold templates and are
        judged when they are rendered."""
        problems: list[tuple[tuple[Any, ...], str]] = []
        for field_ in self.type.config:
            if field_.name not in config:
                if field_.required:
                    problems.append(((field_.name,), "is required"))
                continue
            if field_.name in dynamic:
                continue
            try:
                self.config_value(field_.name, config[field_.name])
            except ValidationError as error:
                problems.extend(
                    ((field_.name, *item["loc"]), told_of(item)) for item in error.errors(include_url=False)
                )
        if self.config_check is not None and not problems:
            problems.extend(((), message) for message in self.config_check(config))
        return problems


def _described(returned: object) -> str:
    if isinstance(returned, tuple):
        return f"a tuple of {len(cast('tuple[Any, ...]', returned))} values"
    return f"a value of type {type(returned).__name__}"
