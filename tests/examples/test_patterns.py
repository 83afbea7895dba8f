"""The twenty basic control-flow patterns, each by its file in `examples/patterns`: what ran, when, and what did not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples.patterns import FOLDER, ROOT, Course, completed, files, pattern, run, seconds, start, with_defaults
from treadle.errors import TreadleError
from treadle.model.task import TaskAnswer
from treadle.store.sqlite_journal import SqliteStore
from treadle.testing.harness import Harness

PAGE = ROOT / "docs" / "reference" / "patterns.md"


def test_there_is_a_file_for_each_of_the_twenty_and_each_is_valid() -> None:
    assert [path.name[:2] for path in files()] == [f"{number:02}" for number in range(1, 21)]
    assert all(pattern(number) for number in range(1, 21))


def test_the_page_links_every_file_and_nothing_else() -> None:
    links = re.findall(r"examples/patterns/([\w-]+\.yaml)", PAGE.read_text(encoding="utf-8"))

    assert sorted(set(links)) == [path.name for path in files()]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.stem)
def test_a_file_begins_with_what_it_shows_and_how_to_run_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.match(rf"# {int(path.name[:2])} \w", text)
    assert f"treadle run examples/patterns/{path.name}" in text


async def test_01_sequence(harness: Harness) -> None:
    """Each step begins when the one before it has ended."""
    ended = await run(harness, 1, name=" Bo ", employees=3)

    assert Course.of(ended).completions == ["tidy", "score", "letter"]
    assert ended.output == "Dear Bo, you are in class B."


async def test_02_parallel_split(harness: Harness) -> None:
    """All three begin before any has ended, and the run takes as long as the longest."""
    ended = await run(harness, 2)

    begun = [path for what, path in Course.of(ended).order if what == "began"]
    assert sorted(begun) == ["announce", "invoice", "pack"]
    assert [what for what, path in Course.of(ended).order if path in begun] == ["began"] * 3 + ["ended"] * 3
    assert seconds(ended) == 2


async def test_03_synchronisation(harness: Harness) -> None:
    """Nothing is shipped before both are done."""
    ended = await run(harness, 3)

    course = Course.of(ended)
    assert (course.ended["pay"], course.ended["pack"], course.ended["ship"]) == (1, 2, 2)
    assert course.completions[-1] == "ship"


async def test_03_synchronisation_needs_every_branch(harness: Harness) -> None:
    """A branch that did not come about keeps what follows from running."""
    ended = await run(harness, 3, paid=False)

    assert (ended.statuses()["pack"], ended.statuses()["ship"]) == ("completed", "skipped")


@pytest.mark.parametrize(("total", "way"), [(1500, "credit-desk"), (20, "card"), (0, "nothing")])
async def test_04_exclusive_choice(harness: Harness, total: float, way: str) -> None:
    """One way, whatever the data; the others are not run."""
    ended = await run(harness, 4, total=total)

    ways = {"credit-desk", "card", "nothing"}
    assert completed(ended) & ways == {way}
    assert {ended.statuses()[other] for other in ways - {way}} == {"skipped"}


@pytest.mark.parametrize(("customer", "greeting"), [("new", "Welcome!"), ("old", "Good to see you again.")])
async def test_05_simple_merge(harness: Harness, customer: str, greeting: str) -> None:
    """What follows runs once, whichever way was taken, and does not wait for the other."""
    ended = await run(harness, 5, customer=customer)

    assert ended.output == f"{greeting} Your shop."
    assert Course.of(ended).completions.count("letter") == 1


@pytest.mark.parametrize("channels", [[], ["mail"], ["mail", "phone"], ["mail", "phone", "post"]])
async def test_06_multi_choice(harness: Harness, channels: list[str]) -> None:
    """Exactly those that were chosen run."""
    ended = await run(harness, 6, channels=channels)

    assert completed(ended) == set(channels)


@pytest.mark.parametrize(
    ("channels", "took", "said"),
    [
        (["mail"], 1, "mailed"),
        (["phone", "mail"], 2, "mailed and called"),
        (["post", "mail"], 4, "mailed and written to"),
    ],
)
async def test_07_structured_synchronising_merge(harness: Harness, channels: list[str], took: int, said: str) -> None:
    """The report waits for the slowest of those chosen, and for no other."""
    ended = await run(harness, 7, channels=channels)

    assert ended.output == f"The lead was {said}."
    assert seconds(ended) == took


async def test_08_multi_merge(harness: Harness) -> None:
    """What follows runs once for each payment, the first time before the second payment is in."""
    ended = await run(harness, 8)

    course = Course.of(ended)
    assert course.ended["each[0]/audit"] < course.ended["each[1]/paid"]
    assert [path for path in course.completions if path.endswith("audit")] == ["each[0]/audit", "each[1]/audit"]


async def test_09_structured_discriminator(harness: Harness) -> None:
    """The first offer is taken at once and only once; the other two still come in."""
    ended = await run(harness, 9)

    course = Course.of(ended)
    assert ended.output == "ordered from south for 95"
    assert (course.ended["order"], course.completions.count("order")) == (1, 1)
    assert {"north", "south", "west"} <= completed(ended)
    assert seconds(ended) == 3


async def test_10_arbitrary_cycles(harness: Harness) -> None:
    """The way back leads to the first point or to the second, as often as the review says."""
    ended = await run(harness, 10, reviews=["words", "facts", "fine"])

    assert ended.output == ["research", "write", "write", "research", "write"]


async def test_10_arbitrary_cycles_end_at_their_limit(harness: Harness) -> None:
    """A cycle that never ends is a failure that says so."""
    ended = await run(harness, 10, reviews=["words"] * 20)

    assert ended.error is not None
    assert ended.error.type == "too_many_iterations"


@pytest.mark.parametrize(("wants_review", "took"), [(True, 3), (False, 1)])
async def test_11_implicit_termination(harness: Harness, wants_review: bool, took: int) -> None:
    """The run ends with whatever ends last."""
    ended = await run(harness, 11, wants_review=wants_review)

    assert (ended.status, seconds(ended)) == ("completed", took)


async def test_13_instances_known_at_design_time(harness: Harness) -> None:
    """Three, begun together; what follows waits for the last."""
    ended = await run(harness, 13)

    course = Course.of(ended)
    assert [course.began[f"reviews[{at}]/read"] for at in range(3)] == [0, 0, 0]
    assert sum(path.endswith("/mark") for path in completed(ended)) == 3
    assert (course.ended["average"], ended.output) == (3, 1.0)


@pytest.mark.parametrize("number", [0, 1, 5])
async def test_14_instances_known_at_run_time(harness: Harness, number: int) -> None:
    """As many as the order has lines, two at a time."""
    lines = [f"line {at}" for at in range(number)]

    ended = await run(harness, 14, lines=lines)

    assert ended.output == f"picked: {', '.join(lines)}"
    assert seconds(ended) == (number + 1) // 2


async def test_17_interleaved_routing(harness: Harness) -> None:
    """Each of the three begins when the one before it has ended; the address comes before the label."""
    ended = await run(harness, 17)

    order = [entry for entry in Course.of(ended).order if entry[1].startswith("packing/")]
    assert [what for what, _ in order] == ["began", "ended"] * 3
    assert order.index(("ended", "packing/check-address")) < order.index(("began", "packing/print-label"))


async def test_17_without_its_limit_they_would_overlap(stored_harness: tuple[Harness, SqliteStore]) -> None:
    """So that the test before this one proves something. In memory nothing takes time, and nothing overlaps."""
    harness, _ = stored_harness
    flow = pattern(17)[0]
    packing = flow.nodes[0].model_copy(update={"config": {}})

    ended = await harness.run(flow.model_copy(update={"nodes": (packing,)}))

    order = [entry for entry in Course.of(ended).order if entry[1].startswith("packing/")]
    assert [what for what, _ in order[:2]] == ["began", "began"]


async def test_18_milestone_before_it_is_reached(harness: Harness) -> None:
    """Before the order is paid there is no task."""
    waiting = await start(harness, 18)

    assert await harness.exchange.list_tasks(run_id=waiting.id) == []


async def test_18_milestone_while_it_lasts(harness: Harness) -> None:
    """Once it is paid the address can be changed."""
    waiting = await start(harness, 18)
    harness.clock.advance(3600)
    await harness.drive(waiting)

    await harness.answer(waiting, values={"address": "2 New Street"})

    assert (waiting.status, waiting.output) == ("completed", "2 New Street")
    assert waiting.statuses()["packing/packed"] == "cancelled"


async def test_18_milestone_once_it_is_past(harness: Harness) -> None:
    """The task is withdrawn, and cannot be answered any more."""
    ended = await run(harness, 18)

    (task,) = await harness.exchange.list_tasks(run_id=ended.id)
    assert (ended.output, seconds(ended), task.status) == ("1 Old Street", 3 * 3600, "cancelled")
    with pytest.raises(TreadleError):
        await harness.exchange.answer_task(task.id, TaskAnswer("approved", values={"address": "late"}))


def test_every_input_has_a_default_so_that_a_file_runs_as_it_is() -> None:
    """But those of workflows that another one in the file calls."""
    for number in range(1, 21):
        flow = pattern(number)[0]

        assert with_defaults(flow, {}).keys() == flow.inputs.keys(), FOLDER / flow.name
