"""What starts a run, and what lets one that is debugged go on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from treadle.model.breakpoints import Breakpoints
from treadle.model.policy import Mode
from treadle.server.models.runs import Name, Taken, Values

NodePath = Annotated[str, Field(min_length=1, max_length=500)]
Paths = Annotated[list[NodePath], Field(max_length=500)]

_STOPS = "In `test` mode: the run stops before these nodes. Without it (null), and without `step`, it is not debugged."


class Executed(Taken):
    """What every request to run something may say."""

    input: Values = Field(default={})
    params: Values = Field(default={})
    profiles: list[Name] = Field(default=[], max_length=50)
    trigger: str | None = Field(default=None, max_length=200, description="The trigger node that fires.")
    fired: Any = Field(default=None, description="What the trigger brings.")
    wait: Literal["sync", "async", "stream"] = "sync"
    timeout: float = Field(default=60, ge=0, le=600, description="Seconds that `sync` waits before it answers 202.")
    pinned: Values = Field(
        default={},
        description="Outputs by node: in `test` mode they stand in for it; with `of` they edit what it gave.",
    )
    of: str | None = Field(default=None, max_length=100, description="A past run to go on from; needs `from_node`.")
    from_node: str | None = Field(default=None, max_length=500, description="The node to start at; needs `of`.")
    breakpoints: Paths | None = Field(default=None, description=_STOPS)
    confirm: str | None = Field(
        default=None, max_length=2000, description="Live: what it puts at stake, as `confirmation_required` says it."
    )
    step: bool = Field(default=False, description="In `test` mode: the run stops before every node.")

    @property
    def stops(self) -> Breakpoints | None:
        """Where the run is to stop; None: it is not to be debugged."""
        if self.breakpoints is None and not self.step:
            return None
        return Breakpoints(tuple(self.breakpoints or ()), self.step)

    def given(self, mode: Mode) -> dict[str, Any]:
        """What of it goes with the run, whatever it is a run of."""
        return {
            "input": self.input,
            "mode": mode,
            "params": self.params,
            "profiles": tuple(self.profiles),
            "trigger": self.trigger,
            "fired": self.fired,
            "pinned": self.pinned,
            "breakpoints": self.stops,
            "confirm": self.confirm,
        }


class ExecuteBody(Executed):
    """What to run a workflow with, and whether to wait for it."""

    mode: Mode = "live"
    version: str | None = Field(
        default=None,
        max_length=100,
        description="A number, a digest; default: the latest. In `test` mode also `draft`: the draft as it is.",
    )


class TestBody(Executed):
    """A workflow that need not be published, and what to run it with."""

    __test__ = False

    definition: Values | None = Field(default=None, description="The workflow as an object; or send `text`.")
    text: str | None = Field(default=None, description="The workflow as YAML or JSON text.")
    mode: Mode = "test"


class ContinueBody(Taken):
    """Which nodes a run that stands at breakpoints goes on with, and what is changed first."""

    nodes: Paths = Field(
        default=[], description="Only these; default: all it stands before, with `step` the one that waited longest."
    )
    step: bool = Field(default=False, description="Stop again before every node that comes next.")
    inputs: Values = Field(default={}, description="`send.to` (an input port of a node it stands before) to the value.")
    outputs: Values = Field(
        default={},
        description="`fetch` (its output) or `fetch.status` (one port) to what stands in for running the node: one it "
        "stands before, or one that it has yet to come to.",
    )
    breakpoints: Paths | None = Field(default=None, description="Instead of those there are.")


class BreakpointsBody(Taken):
    """Where a run stops from now on."""

    breakpoints: Paths
    step: bool = False
