"""The pattern files, and what the journal's events say of the order in which a run of one went."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from treadle.authoring.check import check_file
from treadle.model.event import NodeCompleted, NodeStarted
from treadle.model.ids import new_run_id
from treadle.model.signal import Signal
from treadle.model.workflow import Workflow
from treadle.node import Registry
from treadle.testing.harness import Harness, TestRun

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "patterns"
REGISTRY = Registry.installed()


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def pattern(number: int) -> list[Workflow]:
    """The workflows of the file with this number. Raises `ValueError` with what is wrong in it."""
    path = next(FOLDER.glob(f"{number:02}-*.yaml"))
    loaded = check_file(path.read_text(encoding="utf-8"), REGISTRY, source=path.name)
    if not loaded.result.valid:
        raise ValueError("; ".join(str(issue) for issue in loaded.result.issues))
    return list(loaded.workflows)


async def run(harness: Harness, number: int, **given: Any) -> TestRun:
    """A run of a file with one workflow, to its end; `given` is its input, the rest takes the file's defaults."""
    return await harness.run(*pattern(number), input=with_defaults(pattern(number)[0], given))


async def start(harness: Harness, number: int, **given: Any) -> TestRun:
    """As `run`, until it is done or has to wait."""
    return await harness.start(*pattern(number), input=with_defaults(pattern(number)[0], given))


def with_defaults(workflow: Workflow, given: dict[str, Any]) -> dict[str, Any]:
    defaults = {name: schema["default"] for name, schema in workflow.inputs.items() if "default" in schema}
    return {**defaults, **given}


async def send(harness: Harness, name: str, payload: Any = None, *, key: str) -> TestRun | None:
    """Send a signal to whichever run waits for it, and drive that one on; None when nobody waits."""
    signal = Signal(new_run_id(), name, key, payload, None, harness.clock.now())
    woken = await harness.exchange.send_signal(signal, now=harness.clock.now())
    return None if woken.run_id is None else harness.children.started.get(woken.run_id)


@dataclass
class Course:
    """When each node began and ended, in seconds since the run began; and all of it in order."""

    began: dict[str, float] = field(default_factory=dict[str, float])
    ended: dict[str, float] = field(default_factory=dict[str, float])
    order: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    @classmethod
    def of(cls, run: TestRun) -> Course:
        course, start = cls(), run.record.created_at
        for event in run.events:
            if start is None or not isinstance(event, NodeStarted | NodeCompleted):
                continue
            seconds = (event.at - start).total_seconds()
            if isinstance(event, NodeStarted):
                course.began.setdefault(event.path, seconds)
                course.order.append(("began", event.path))
            else:
                course.ended[event.path] = seconds
                course.order.append(("ended", event.path))
        return course

    @property
    def completions(self) -> list[str]:
        return [path for what, path in self.order if what == "ended"]


def seconds(run: TestRun) -> float:
    """How long the run took, by its clock."""
    started, finished = run.record.created_at, run.result.finished_at
    if started is None or finished is None:
        raise ValueError(f"The run is {run.status}.")
    return (finished - started).total_seconds()


def completed(run: TestRun) -> set[str]:
    return {path for path, status in run.statuses().items() if status == "completed"}
