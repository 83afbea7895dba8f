"""Published events: what a workflow, a person or Treadle tells every deployment that listens to a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from treadle.model.ids import RunId
from treadle.model.run import RunRecord

RUN_FAILED = "run.failed"
"""The topic of the event that every failed run leaves behind."""
MOST_HOPS = 32
"""How many events may follow from each other: an event starts a run, which publishes the next."""

_NAME = r"[A-Za-z0-9_-]+"
_TOPIC = re.compile(rf"{_NAME}(\.{_NAME})*")
_PATTERN = re.compile(rf"(\*|{_NAME}(\.{_NAME})*(\.\*)?)")
_LONGEST = 200
_OWN = "run."


@dataclass(frozen=True, slots=True)
class Published:
    """`at` (aware UTC) is when it was published, `run` who published it, and `workflow` what that is a run of. `hops`
    is how many events led to it."""

    id: str
    topic: str
    payload: Any
    at: datetime
    run: RunId | None = None
    hops: int = 0
    workflow: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What a run that it starts is given: the payload of its `Fire`."""
        return {
            "id": self.id,
            "topic": self.topic,
            "payload": self.payload,
            "at": self.at.isoformat(),
            "run": self.run,
            "hops": self.hops,
            "workflow": self.workflow,
        }


def topic_problem(topic: object, *, pattern: bool = False) -> str | None:
    """What is wrong with a topic to publish to or, as a `pattern`, to listen to; None when nothing is."""
    if not isinstance(topic, str) or not (_PATTERN if pattern else _TOPIC).fullmatch(topic):
        end = ", at the end also `.*`" if pattern else ""
        return f"{topic!r} is not a topic. Write names of letters, digits, `_` and `-` with points between{end}."
    if len(topic) > _LONGEST:
        return f"The topic is {len(topic)} characters long. Write {_LONGEST} at most."
    if topic.startswith(_OWN) and not pattern:
        return f"Topics that begin with `{_OWN}` are Treadle's own. Choose another name."
    return None


def matches_topic(patterns: str | Iterable[str], topic: str) -> bool:
    """Whether one of `patterns` means `topic`: `orders.*` means every topic below `orders`, `*` all but Treadle's
    own."""
    listed = [patterns] if isinstance(patterns, str) else patterns
    return any(_matches(pattern, topic) for pattern in listed)


def _matches(pattern: str, topic: str) -> bool:
    if pattern == "*":
        return not topic.startswith(_OWN)
    if pattern.endswith(".*"):
        return topic.startswith(pattern[:-1])
    return pattern == topic


def hops_of(run: RunRecord) -> int:
    """How many events led to `run`: through what started it, and what started its parents."""
    fired = _fired(run)
    own = fired.get("hops")
    return max(own if isinstance(own, int) else 0, run.origin.hops if run.origin else 0)


def handles_failure(run: RunRecord) -> bool:
    """Whether `run` was started, itself or through its parents, because another run failed. Its own failure is told
    to nobody: handlers that fail would otherwise start each other for ever."""
    return _fired(run).get("topic") == RUN_FAILED or bool(run.origin and run.origin.handles)


def _fired(run: RunRecord) -> Mapping[str, Any]:
    """The event that started `run`, if one did."""
    fired = run.fired
    if isinstance(fired, Mapping) and {"id", "topic", "hops"} <= cast("Mapping[str, Any]", fired).keys():
        return cast("Mapping[str, Any]", fired)
    return {}
