"""A search as it is written: in the body of a request, or on a command line."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from treadle.errors import InvalidWorkflow
from treadle.model.duration import parse_duration
from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.service.backtests.search.request import (
    DEFAULT_METRIC,
    METHODS,
    RESAMPLINGS,
    Method,
    MonteCarlo,
    Parameter,
    Resampling,
    Search,
    Sweep,
    WalkForward,
)

_Path = tuple[str | int, ...]


def read_search(body: Mapping[str, Any]) -> Search:
    """`sweep`, `walk_forward` (its sweep inside, or the one beside it) and `monte_carlo` of a body; each may be missing
    or null. Raises `InvalidWorkflow` with everything that is wrong, by place."""
    reader = _Reader()
    sweep = reader.sweep(body.get("sweep"), ("sweep",))
    walk = reader.walk_forward(body.get("walk_forward"), sweep)
    monte_carlo = reader.monte_carlo(body.get("monte_carlo"))
    if body.get("spread") and sweep is None and walk is None and not reader.issues:
        said, remedy = "`spread` needs something to try.", "Name it in `sweep`, or leave `spread` out."
        reader.issues.append(Issue("invalid_argument", said, ("spread",), remedy=remedy))
    if reader.issues:
        message = " ".join(one.message for one in reader.issues)
        raise InvalidWorkflow(message, code=reader.issues[0].code, issues=tuple(reader.issues))
    return Search(None if walk is not None else sweep, walk, monte_carlo)


def read_parameter(text: str) -> Parameter:
    """`node.field=low:high:step`, `node.field=low:high`, or `node.field=v1,v2`. Raises `InvalidWorkflow`
    (`invalid_range`)."""
    from pydantic_core import from_json

    name, mark, written = text.partition("=")
    if not mark or not name or not written:
        raise _unreadable(text)
    ends = written.split(":")
    if 2 <= len(ends) <= 3:
        try:
            low, high, *step = (float(one) for one in ends)
        except ValueError:
            pass
        else:
            return Parameter(name, low=low, high=high, step=step[0] if step else None)
    if written.startswith("["):
        try:
            return Parameter(name, values=tuple(from_json(written)))
        except (ValueError, TypeError):
            raise _unreadable(text) from None
    return Parameter(name, values=tuple(_plain(one.strip()) for one in written.split(",")))


def _plain(text: str) -> Any:
    from pydantic_core import from_json

    try:
        return from_json(text)
    except ValueError:
        return text


def _unreadable(text: str) -> InvalidWorkflow:
    return InvalidWorkflow(
        f"`{text}` names no values to try.",
        code="invalid_range",
        remedy="Write `node.field=low:high:step`, `node.field=1,2,3`, or a JSON list of values.",
    )


class _Reader:
    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def sweep(self, given: object, place: _Path) -> Sweep | None:
        fields = self._fields(given, place, ("parameters", "method", "count", "metric", "seed"))
        if fields is None:
            return None
        metric, method = fields.get("metric") or DEFAULT_METRIC, fields.get("method") or METHODS[0]
        if method not in METHODS:
            self._one_of(method, METHODS, (*place, "method"))
        return Sweep(
            self._parameters(fields.get("parameters"), (*place, "parameters")),
            cast(Method, method),
            str(metric),
            self._whole(fields.get("count"), (*place, "count")),
            self._whole(fields.get("seed"), (*place, "seed"), least=0) or 0,
        )

    def walk_forward(self, given: object, beside: Sweep | None) -> WalkForward | None:
        place: _Path = ("walk_forward",)
        fields = self._fields(given, place, ("train", "test", "anchored", "sweep"))
        if fields is None:
            return None
        sweep = self.sweep(fields.get("sweep"), (*place, "sweep")) or beside
        train, test = (self._duration(fields.get(name), (*place, name)) for name in ("train", "test"))
        anchored = fields.get("anchored") or False
        if not isinstance(anchored, bool):
            self.refuse("invalid_value", "`anchored` is true or false.", (*place, "anchored"), "Write one of them.")
        if sweep is None:
            remedy = "Give it a `sweep` with `parameters`."
            self.refuse("invalid_range", "There is no parameter to try in the windows.", (*place, "sweep"), remedy)
            return None
        return WalkForward(sweep, train, test, bool(anchored))

    def monte_carlo(self, given: object) -> MonteCarlo | None:
        place: _Path = ("monte_carlo",)
        fields = self._fields(given, place, ("count", "method", "seed", "ruin"))
        if fields is None:
            return None
        method, default = fields.get("method") or RESAMPLINGS[0], MonteCarlo()
        if method not in RESAMPLINGS:
            self._one_of(method, RESAMPLINGS, (*place, "method"))
        return MonteCarlo(
            self._whole(fields.get("count"), (*place, "count")) or default.count,
            cast(Resampling, method),
            self._whole(fields.get("seed"), (*place, "seed"), least=0) or 0,
            self._number(fields.get("ruin"), (*place, "ruin")) or default.ruin,
        )

    # Parts

    def _parameters(self, given: object, place: _Path) -> tuple[Parameter, ...]:
        if not isinstance(given, list | tuple) or not given:
            remedy = "Write a list of `{name, values}` or `{name, low, high, step}`."
            self.refuse("invalid_range", "There is no parameter to try.", place, remedy)
            return ()
        return tuple(
            found
            for number, one in enumerate(cast(Sequence[object], given))
            if (found := self._parameter(one, (*place, number))) is not None
        )

    def _parameter(self, given: object, place: _Path) -> Parameter | None:
        if isinstance(given, str):
            try:
                return read_parameter(given)
            except InvalidWorkflow as error:
                self.refuse(error.code, error.message, place, error.remedy)
                return None
        fields = self._fields(given, place, ("name", "values", "low", "high", "step"))
        if fields is None or not isinstance(name := fields.get("name"), str) or not name:
            self.refuse("missing_key", "A parameter has no name.", (*place, "name"), "It is `node.field`.")
            return None
        values = fields.get("values")
        if values is not None and not isinstance(values, list | tuple):
            self.refuse("invalid_value", f"The values of `{name}` are no list.", (*place, "values"), "Write `[1, 2]`.")
            return None
        low, high, step = (self._number(fields.get(end), (*place, end)) for end in ("low", "high", "step"))
        return Parameter(name, None if values is None else tuple(cast(Sequence[Any], values)), low, high, step)

    def _fields(self, given: object, place: _Path, known: Sequence[str]) -> Mapping[str, Any] | None:
        if given is None:
            return None
        if not isinstance(given, Mapping):
            remedy = f"Write an object with {listed(known)}."
            self.refuse("invalid_value", f"`{place[-1]}` is no object.", place, remedy)
            return None
        fields = cast(Mapping[str, Any], given)
        for name in fields:
            if name not in known:
                remedy = suggest(name, known, f"There are {listed(known)}.")
                self.refuse("unknown_key", f"`{name}` means nothing here.", (*place, name), remedy)
        return fields

    def _whole(self, value: object, place: _Path, *, least: int = 1) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 2**32:
            self.refuse("invalid_value", f"`{place[-1]}` is a whole number from {least}.", place, "Write one.")
            return None
        return value

    def _number(self, value: object, place: _Path) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.refuse("invalid_value", f"`{place[-1]}` is a number.", place, "Write one.")
            return None
        return float(value)

    def _duration(self, value: object, place: _Path) -> float:
        try:
            seconds = parse_duration(value)
        except ValueError:
            seconds = 0.0
        if not seconds > 0:
            told, remedy = f"`{place[-1]}` says how long a window is.", "Write such as `90d` or `12h`."
            self.refuse("invalid_duration", told, place, remedy)
        return seconds

    def _one_of(self, value: object, known: Sequence[str], place: _Path) -> None:
        remedy = suggest(str(value), known, f"It is one of {', '.join(known)}.")
        self.refuse("invalid_value", f"There is no {place[-1]} `{value}`.", place, remedy)

    def refuse(self, code: str, message: str, place: _Path, remedy: str | None) -> None:
        self.issues.append(Issue(code, message, path=place, remedy=remedy))
