"""What a graph comes to, when that depends on the clock."""

from __future__ import annotations

from treadle.model.workflow import Graph, Node
from treadle.testing import FakeEffect, Harness, workflow


async def test_outputs_may_read_the_clock(harness: Harness) -> None:
    run = await harness.run(
        workflow(Node(id="one", type="data.set", config={"fields": {}}), outputs="{{ format_date(now(), '%Y') }}")
    )

    assert (run.status, run.output) == ("completed", "2026")


async def test_what_a_body_drew_is_the_same_after_a_crash(harness: Harness) -> None:
    """4.3: randomness is recorded before anything downstream sees it."""
    after = FakeEffect("after", in_doubt="repeat", held=True)
    harness.know(after)
    body = Graph(nodes=(Node(id="one", type="data.set", config={"fields": {}}),), outputs="{{ uuid() }}")
    drawing = workflow(
        Node(id="draw", type="flow.sequence", body=body),
        Node(id="after", type="fake.after", config={"value": "{{ nodes.draw.output }}"}),
        outputs="{{ nodes.draw.output }}",
        settings={"save": "none"},
    )
    run = harness.begin(drawing)
    await after.wait_until_entered(1)
    await harness.kill(run)
    after.release()

    await harness.recover(run)

    assert after.values == [run.output]
