"""`treadle replay` and `treadle compare`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Treadle
from treadle.engine.journal import Batch, RunUpdate
from treadle.model.ids import run_id_for
from treadle.model.run import RunRecord
from treadle.store.deployments import Deployment
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.clock import START

NOTES = """\
name: notes
inputs: {amount: number}
nodes:
  - {id: fee, type: data.transform, config: {transform: "workflow.input.amount * 0.1"}}
  - id: note
    type: file.write
    when: "nodes.fee.output > 5"
    config: {path: "fee.txt", value: "{{ nodes.fee.output }}"}
outputs: "{{ nodes.fee.output }}"
"""


@pytest.fixture
def recorded(treadle: Treadle) -> Treadle:
    """A store with a run that wrote a note, and one that did not."""
    treadle.write("notes.yaml", NOTES)
    for amount in (10, 100):
        assert treadle("run", "notes.yaml", "-i", f"amount={amount}").code == 0
    (treadle.folder / "fee.txt").unlink()
    return treadle


def test_the_same_version_is_the_same(recorded: Treadle) -> None:
    ran = recorded("replay", "--of", "notes", "--with", "latest")

    assert ran.code == 0, ran.err
    assert "Replayed 2 runs" in ran.out
    assert "2 same" in ran.out


def test_what_would_be_otherwise_is_said_run_by_run_and_in_sum(recorded: Treadle) -> None:
    recorded.write("edited.yaml", NOTES.replace("> 5", "> 50").replace("0.1", "0.2"))

    ran = recorded("replay", "--of", "notes", "--with", "edited.yaml")

    assert ran.code == 0, ran.err
    assert "2 different" in ran.out
    assert "output: 1.0 → 2.0" in ran.out
    assert "note would not be made" in ran.out
    assert "note: completed → skipped" in ran.out
    assert not (recorded.folder / "fee.txt").exists()


def test_an_unknown_outcome_is_asked_for_and_a_stub_gives_it(recorded: Treadle) -> None:
    recorded.write("edited.yaml", NOTES.replace("> 5", "> 0"))

    without = recorded("replay", "--of", "notes", "--with", "edited.yaml", "--json").json
    given = recorded(
        "replay", "--of", "notes", "--with", "edited.yaml", "--json", "--stub", 'note={"path": "x", "size": 1}'
    ).json

    assert without["verdicts"] == {"same": 1, "different": 0, "undetermined": 1, "failed": 0}
    assert without["replays"][0]["unknown"] == ["note"]
    assert given["verdicts"] == {"same": 1, "different": 1, "undetermined": 0, "failed": 0}
    assert given["effects"] == {"note": {"made": 1}}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--of", "nobody", "--with", "latest"), "There is no deployment, no run, and no workflow"),
        (("--of", "notes", "--with", "0123456789ab"), "0123456789ab"),
        (("--of", "notes", "--with", "nowhere.yaml"), "There is no file `nowhere.yaml`"),
        (("--of", "notes", "--with", "latest", "--since", "whenever"), "`--since whenever` is no time"),
        (("--of", "notes", "--with", "latest", "--stub", "note"), "`note` is no stub"),
        (("--of", "notes", "--with", "latest", "--stub", "nope=1"), "has no effect `nope`"),
        (("--of", "notes", "--with", "latest", "--status", "running"), "cannot be replayed"),
        (("--of", "notes", "--with", "latest", "--until", "2020-01-01"), "no finished runs"),
    ],
)
def test_what_cannot_be_is_refused(recorded: Treadle, arguments: tuple[str, ...], said: str) -> None:
    ran = recorded("replay", *arguments)

    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_two_deployments_are_compared_on_the_same_fire_times(treadle: Treadle) -> None:
    asyncio.run(_two_deployments(treadle.folder / "ab.db"))

    ran = treadle("compare", "calm", "bold", "--db", "ab.db", "--json")
    shown = treadle("compare", "calm", "bold", "--db", "ab.db")

    assert ran.code == 0, ran.err
    measures = {one["name"]: one for one in ran.json["measures"]}
    assert (ran.json["basis"], ran.json["pairs"]) == ("paired", 12)
    assert measures["mean profit per run"]["interval"]["difference"] == pytest.approx(2.1)
    assert measures["mean profit per run"]["differs"] is True
    assert measures["success rate"]["differs"] is False
    assert "12 pairs on the same trigger" in shown.out


async def _two_deployments(path: Path) -> None:
    async with SqliteStore(path, synchronous="OFF") as store:
        for name, more in (("calm", 0.0), ("bold", 2.0)):
            await store.save_deployment(Deployment(id=name, name=name, workflow="w"))
            for hour in range(12):
                at = START + timedelta(hours=hour)
                run_id = run_id_for(at, name)
                run = RunRecord(run_id, "w", "v", deployment=name, created_at=at, due_at=at)
                counters = {"profit": hour % 3 + more + hour % 2 * 0.1 * (more - 1)}
                update = RunUpdate("completed", finished_at=at + timedelta(seconds=1), counters=counters)
                await store.append(Batch(run_id, 0, opens=run, update=update))


def test_a_comparison_that_cannot_be_is_refused(treadle: Treadle) -> None:
    asyncio.run(_two_deployments(treadle.folder / "ab.db"))

    unknown = treadle("compare", "calm", "bolt", "--db", "ab.db")
    itself = treadle("compare", "calm", "calm", "--db", "ab.db")
    certain = treadle("compare", "calm", "bold", "--confidence", "1", "--db", "ab.db")

    assert (unknown.code, itself.code, certain.code) == (2, 2, 2)
    assert "`bold`" in unknown.err
    assert "with itself" in itself.err


def test_a_page_tells_what_would_be_otherwise(recorded: Treadle) -> None:
    recorded.write("edited.yaml", NOTES.replace("> 5", "> 50").replace("0.1", "0.2"))

    ran = recorded("replay", "--of", "notes", "--with", "edited.yaml", "--report", "leads.html")

    page = (recorded.folder / "leads.html").read_text(encoding="utf-8")
    assert ran.code == 0, ran.err
    assert "Written to leads.html" in ran.out
    assert '<td class="text wraps">note</td><td>1</td><td>0</td><td>−1</td>' in page
    assert "note would not be made" in page
    assert '<td class="text wraps">output, sum</td><td>11.00</td><td>22.00</td><td>+11.00</td>' in page


def test_a_page_that_cannot_be_written_is_said(recorded: Treadle) -> None:
    ran = recorded("replay", "--of", "notes", "--with", "latest", "--report", "nowhere/leads.html")

    assert ran.code != 0
    assert "nowhere/leads.html" in ran.err
    assert "Traceback" not in ran.err


def test_json_has_the_figures_of_the_page(recorded: Treadle) -> None:
    told = recorded("replay", "--of", "notes", "--with", "latest", "--json").json

    assert {"name": "runs.completed", "before": 2, "after": 2} in told["figures"]
    assert "few_runs" in [one["code"] for one in told["warnings"]]
