"""Test tools for workflows and node types: a harness with a virtual clock, fake effects, crash points, and the suites
of tests that every journal, every exchange and every trading venue passes.

pytest fixtures are in `treadle.testing.fixtures`, the suites in `treadle.testing.journal_contract`,
`treadle.testing.exchange_contract` and `treadle.testing.venue_contract`.
"""

from treadle.testing.clock import START, VirtualClock
from treadle.testing.crash import CRASH_POINTS, Crash, FaultNeverFired, SimulatedCrash, TestJournal, every_crash
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain, connect, graph, node, workflow
from treadle.testing.harness import Harness, TestRun
from treadle.testing.memory_journal import MemoryJournal

__all__ = [
    "CRASH_POINTS",
    "START",
    "Crash",
    "FakeEffect",
    "FaultNeverFired",
    "Harness",
    "MemoryJournal",
    "SimulatedCrash",
    "TestJournal",
    "TestRun",
    "VirtualClock",
    "chain",
    "connect",
    "every_crash",
    "graph",
    "node",
    "workflow",
]
