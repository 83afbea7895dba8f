from __future__ import annotations

from typing import Any

import pytest

from treadle.model.run import Failure
from treadle.node import BodyFailed, BodyOutcome
from treadle.packs.core.flow.sequence import sequence


def test_the_output_is_the_last_one(make_bodies: Any) -> None:
    """Its body is ordered as the file lists it."""
    bodies = make_bodies(lambda call: BodyOutcome("sent"))

    output = bodies.play(sequence(bodies))

    assert output == "sent"
    assert sequence.type.ordered


def test_it_fails_with_the_failure_of_its_body(make_bodies: Any, failure: Failure) -> None:
    """The failure keeps the node it came from."""
    bodies = make_bodies(lambda call: failure)

    with pytest.raises(BodyFailed) as caught:
        bodies.play(sequence(bodies))

    assert caught.value.failure is failure
