"""Children and events under kill -9: two processes on one store, each killed again and again."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.process import Process

FLOWS = """\
workflows:
  - name: child
    inputs: {n: integer}
    nodes:
      - {id: wait, type: flow.wait, config: {duration: "{{ workflow.input.n % 2 == 0 ? 0.05 : 3.2 }}"}}
      - {id: say, type: flow.emit, config: {topic: things.done, value: {n: "{{ workflow.input.n }}"}}, after: [wait]}
    outputs: "{{ workflow.input.n * 2 }}"
  - name: parent
    nodes:
      - {id: tick, type: trigger.interval, config: {seconds: 0.3}}
      - {id: call, type: flow.workflow, config: {workflow: child, input: {n: "{{ nodes.tick.output.tick }}"}}}
    outputs: "{{ nodes.call.output }}"
  - name: listener
    settings: {save: none}
    nodes:
      - {id: heard, type: trigger.event, config: {topic: things.*}}
      - {id: count, type: data.variable, config: {action: increment, name: heard}, after: [heard]}
    outputs: "{{ nodes.heard.output.payload.n }}"
"""
SECONDS = 14.0


def command(folder: Path, *arguments: str) -> None:
    process = Process(folder, *arguments)
    assert process.end() == 0, process.errors


@pytest.mark.chaos
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_each_parent_has_one_child_and_each_event_one_run(tmp_path: Path) -> None:
    """Whenever a process dies: between the start of a child and the wait for it, between an event and its delivery."""
    (tmp_path / "flows.yaml").write_text(FLOWS)
    command(tmp_path, "run", "flows.yaml", "--workflow", "child", "-i", "n=-2")
    command(tmp_path, "deploy", "flows.yaml", "--workflow", "listener")
    command(tmp_path, "deploy", "flows.yaml", "--workflow", "parent", "--concurrency", "50")
    chance = random.Random(3)
    engines = [Process(tmp_path, "up", "--json") for _ in range(2)]
    end, kills = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        time.sleep(chance.uniform(1.2, 3.0))
        place = chance.randrange(2)
        engines[place].popen.kill()
        engines[place].end()
        engines[place] = Process(tmp_path, "up", "--json")
        kills += 1

    command(tmp_path, "stop", "parent")
    wait_until_at_rest(tmp_path)

    for engine in engines:
        engine.popen.terminate()
        engine.end()
    with sqlite3.connect(tmp_path / ".treadle/treadle.db") as store:
        runs = dict(store.execute("SELECT workflow || ' ' || status, count(*) FROM runs GROUP BY 1").fetchall())
        children = Counter(row[0] for row in store.execute("SELECT parent FROM runs WHERE parent IS NOT NULL"))
        heard = int(store.execute("SELECT value FROM state WHERE key = 'heard'").fetchone()[0])
    parents = runs["parent completed"]
    assert kills >= 4
    assert parents >= 10
    # The listener's runs are not kept: what they counted is all there is of them.
    assert runs == {"parent completed": parents, "child completed": parents + 1}
    assert (set(children.values()), len(children), heard) == ({1}, parents, parents)


def wait_until_at_rest(folder: Path) -> None:
    """Until no run is under way and every event is delivered."""
    deadline = time.monotonic() + 60
    with sqlite3.connect(folder / ".treadle/treadle.db", timeout=10) as store:
        while True:
            left = store.execute("SELECT count(*) FROM runs WHERE finished_at IS NULL").fetchone()[0]
            waiting = store.execute("SELECT count(*) FROM events WHERE delivered_at IS NULL").fetchone()[0]
            if not left and not waiting:
                return
            assert time.monotonic() < deadline, f"{left} runs are under way, {waiting} events wait"
            time.sleep(0.2)
