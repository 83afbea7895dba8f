"""Kinds of config field: expressions handed to the node, secrets, and text that is never a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from treadle.expressions import Draws
from treadle.expressions import Expression as Compiled


class Expression:
    """An expression the node evaluates itself, as often as it likes, with names of its own added.

    `condition.evaluate(item=row)` sees the run's names and `item`. Raises `ExpressionError`.
    """

    __slots__ = ("_compiled", "_draws", "_scope")

    def __init__(self, compiled: Compiled, scope: Mapping[str, Any], draws: Draws | None = None) -> None:
        self._compiled = compiled
        self._scope = scope
        self._draws = draws

    @property
    def source(self) -> str:
        return self._compiled.source

    @property
    def volatile(self) -> bool:
        """Whether it reads the clock or draws an id, so that evaluating it again may give another value."""
        return self._compiled.volatile

    @property
    def reads(self) -> dict[str, Any]:
        """What it reads of the run, by dotted path; names that the node adds are not among it."""
        return {".".join(path): _follow(self._scope, path) for path in self._compiled.paths}

    def evaluate(self, *, draws: Draws | None = None, **names: Any) -> Any:
        return self._compiled.evaluate({**self._scope, **names}, clock=draws or self._draws)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.union_schema(
            [core_schema.is_instance_schema(cls), core_schema.str_schema(), core_schema.bool_schema()]
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "expression"}


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = cast("Mapping[str, Any]", value)[key]
    return value


@dataclass(frozen=True, slots=True)
class Names:
    """The names an expression field may use beside the run's own: `Annotated[Expression, Names("item")]`."""

    names: frozenset[str]

    def __init__(self, *names: str) -> None:
        object.__setattr__(self, "names", frozenset(names))


class Needed:
    """Marks an input that may be left open, but is required once it is connected: `Annotated[Value, Needed()] = None`.

    Without it, an input with a default takes that default where its connections are all dead.
    """


class SecretMark:
    """Marks a field in which `secrets.x` may be used; its value is never shown."""


class TemplateMark:
    """Marks a field that holds a template the node renders itself."""


class VerbatimMark:
    """Marks a field whose text is never a template."""


SecretRef = Annotated[str, SecretMark()]
"""A secret value; in the file `{{ secrets.name }}`."""

Template = Annotated[Expression, TemplateMark()]
"""Text with `{{ }}` that the node renders itself, as often as it likes: `template.evaluate(item=row)`."""

Verbatim = Annotated[str, VerbatimMark()]
"""Source text: `{{ }}` in it means nothing to Treadle."""
