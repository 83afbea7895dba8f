"""A workflow to begin with: what a strategy of an old bot becomes is a template, filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Starter:
    """`parameters` are JSON Schemas by name. `problems(name, value)` says why a value does not fit; `fill` gives the
    data of a new workflow called so, `write` its text, with the template's comments."""

    name: str
    parameters: Mapping[str, Mapping[str, Any]]
    problems: Callable[[str, Any], list[str]]
    fill: Callable[[Mapping[str, Any], str, str | None], dict[str, Any]]
    write: Callable[[dict[str, Any]], str]


Starters = Mapping[str, Starter]
