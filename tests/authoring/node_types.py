"""Node types for these tests: one of each shape that files and checks meet."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from treadle.model.port import ANY, OutputPort, PortType
from treadle.node import (
    DEAD,
    Bodies,
    Branch,
    Context,
    Expression,
    JsonValue,
    Names,
    Ports,
    Registry,
    SecretRef,
    Verbatim,
    container,
    effect,
    node,
)


class Page(NamedTuple):
    status: int
    headers: dict[str, str]
    body: JsonValue


class Guarded(NamedTuple):
    accepted: Branch[float] = DEAD
    rejected: Branch[float] = DEAD


@effect("http.request")
async def request(
    ctx: Context,
    body: JsonValue = None,
    *,
    url: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    token: SecretRef | None = None,
) -> Page:
    return Page(200, {}, body)


@effect("agent.call")
async def call(ctx: Context, prompt: str, *, agent: str) -> str:
    return prompt


@node("data.transform")
def transform(value: Any = None, *, transform: Expression | dict[str, Any]) -> Any:
    return transform


@node("data.filter")
def keep(value: list[Any], *, condition: Annotated[Expression, Names("item", "index")]) -> list[Any]:
    return value


@node("risk.guard")
def guard(limit_price: float, last_price: float = 1.0, *, max_drift: float = 0.02) -> Guarded:
    return Guarded(accepted=limit_price)


@node("data.text")
def text(*, value: str = "") -> str:
    return value


@node("data.sum")
def total(values: list[float]) -> float:
    return sum(values)


@node("data.all")
def everything(*values: float) -> float:
    return sum(values)


@node("code.source")
def source(*, source: Verbatim = "") -> Any:
    return source


@node("flow.stop")
def stop(*, message: str = "") -> None:
    return None


@node("far.away", requires=("no_such_module_anywhere",), extra="trading")
def far(value: Any = None) -> Any:
    return value


def _ways(config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
    ports = (OutputPort("true", ANY, branch=True), OutputPort("false", ANY, branch=True))
    labelled = "then" in config or "else" in config
    return (*ports, OutputPort("output", PortType("text"))) if labelled else ports


@node("flow.if", outputs=_ways)
def choose(
    a: Any = None,
    *,
    condition: Expression | None = None,
    then: str | None = None,
    else_: str | None = None,
) -> Ports:
    return Ports({"true": a})


def _cases(config: Mapping[str, Any]) -> tuple[OutputPort, ...]:
    cases = config.get("cases")
    names = list(cases) if isinstance(cases, dict | list) else []
    return tuple(OutputPort(name, ANY, branch=name != "output") for name in (*names, "default", "output"))


@node("flow.switch", outputs=_cases)
def switch(value: Any = None, *, cases: dict[str, str], default: str | None = None) -> Ports:
    return Ports({"default": value})


@container("flow.parallel")
async def parallel(bodies: Bodies, *, fail_fast: bool = False, max_concurrency: int | None = None) -> dict[str, Any]:
    return {}


@container("flow.sequence")
async def sequence(bodies: Bodies) -> Any:
    return None


@container("flow.loop", names=("loop",))
async def loop(
    bodies: Bodies,
    items: list[Any],
    *,
    max_iterations: int = 100,
    parallel: bool = False,
    concurrency: int | None = None,
) -> list[Any]:
    return []


@container("flow.try", bodies=("body", "catch", "finally"), names=("error",))
async def attempt(bodies: Bodies) -> Any:
    return None


@effect("flow.wait")
async def wait(
    ctx: Context,
    value: Any = None,
    *,
    duration: float | str | None = None,
    condition: Expression | None = None,
    poll_interval: float | str | None = None,
    max_wait: float | str | None = None,
) -> Any:
    return value


REGISTRY = Registry(
    {},
    [
        request,
        call,
        transform,
        keep,
        guard,
        text,
        total,
        everything,
        source,
        stop,
        far,
        choose,
        switch,
        parallel,
        sequence,
        loop,
        attempt,
        wait,
    ],
)
