"""Start a run for each event of a topic."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.errors import ExpressionError
from treadle.expressions import compile_expression
from treadle.model.published import topic_problem
from treadle.node import Expression, Fire, JsonValue, Names, trigger

TOPIC = "What to listen to, or a list: `orders.paid`, everything below a topic (`orders.*`), or everything (`*`)"
FILTER = (
    "Only events for which this is true start a run: `event.payload.total > 100`. "
    "It reads `event` (`id`, `topic`, `payload`, `at`, `run`) and the deployment's `params`"
)
_ROOTS = frozenset({"event", "params"})


class Heard(NamedTuple):
    event: Annotated[
        dict[str, JsonValue],
        Field(description="{id, topic, payload, at, run}; `run` is who published it, if a run did"),
    ]


def _check(config: Mapping[str, Any]) -> list[str]:
    given: Any = config.get("topic")
    listed = cast("list[object]", given if isinstance(given, list | tuple) else [given])
    problems = [] if listed else ["`topic` names nothing to listen to. Write a topic, or `*`."]
    problems += [problem for topic in listed if (problem := topic_problem(topic, pattern=True)) is not None]
    asked = config.get("filter")
    if isinstance(asked, str):
        try:
            foreign = sorted(compile_expression(asked).roots - _ROOTS)
        except ExpressionError:
            return problems  # said where every expression is looked at
        if foreign:
            named = ", ".join(f"`{name}`" for name in foreign)
            problems.append(f"`filter` reads {named} before there is a run. Read `event` and `params`.")
    return problems


@trigger(
    "trigger.event",
    title="Event",
    check=_check,
    example={
        "config": {"topic": "orders.*", "filter": "event.payload.total > 100"},
        "inputs": {},
        "outputs": {
            "event": {
                "id": "e5f0c1e2a9b04d7c8f3a6b1d2e4c7f905",
                "topic": "orders.paid",
                "payload": {"order": "A-17", "total": 120},
                "at": "2026-01-05T09:00:00+00:00",
                "run": "r06gzq7re53eknqneck6z",
            }
        },
    },
)
def event(
    fire: Fire,
    *,
    topic: Annotated[str | tuple[str, ...], Field(description=TOPIC)],
    filter: Annotated[Expression | None, Names("event"), Field(description=FILTER)] = None,
) -> Heard:
    """Start a run for each event that is published to a topic: by `flow.emit`, by `treadle emit`, or over the API.

    Each event starts one run of the deployment at most. Events that were published before it was deployed, or while
    it was paused or stopped, start none. A run started by hand sees its input as the `payload`.
    """
    payload: object = fire.payload
    if isinstance(payload, dict):
        heard = cast("dict[str, JsonValue]", payload)
    else:
        first = topic if isinstance(topic, str) else topic[0]
        heard = {"id": None, "topic": first, "payload": dict(fire.input), "at": fire.at.isoformat(), "run": None}
    return Heard(event={name: heard.get(name) for name in ("id", "topic", "payload", "at", "run")})
