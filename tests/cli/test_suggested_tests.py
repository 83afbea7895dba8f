"""What `treadle templates use` says to test a trading template with is typed, and does test it."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Treadle
from treadle.service.templates.shipped import shipped_texts

TRADING = [file.removesuffix(".yaml") for file, text in shipped_texts() if "category: trading" in text]
NOT_TESTED = {
    "funding-rate-arbitrage": "--funding SYMBOL=FILE",
    "prediction-market-mispricing": "worked out as it runs",
    "price-alert": None,
}
"""Why, where it is told."""
_TEST = re.compile(r"Test it over history: +treadle (backtest .+)")


@pytest.mark.slow
@pytest.mark.parametrize("template", [name for name in TRADING if name not in NOT_TESTED])
def test_the_command_for_a_template_tests_it(treadle: Treadle, template: str) -> None:
    used = treadle("templates", "use", template, "mine", "--publish")
    said = _TEST.search(used.out)
    assert said, used.out

    ran = treadle(*said[1].split(), "--no-save", "--json")

    assert ran.code == 0, ran.err
    runs = ran.json["runs"]
    assert runs.get("completed", 0) > 0.5 * sum(runs.values())
    assert not any("stale" in str(one) for one in ran.json["warnings"])
    assert ran.json["fills"]


@pytest.mark.parametrize("template", list(NOT_TESTED))
def test_what_cannot_be_tested_so_is_not_said_to_be(treadle: Treadle, template: str) -> None:
    used = treadle("templates", "use", template, "mine", "--publish")

    assert "Test it over history" not in used.out
    if (why := NOT_TESTED[template]) is not None:
        assert why in used.out


def test_it_can_be_deployed_as_it_says(treadle: Treadle) -> None:
    used = treadle("templates", "use", "rsi-mean-reversion", "my-rsi", "--publish")
    said = re.search(r"Deploy it: +treadle (deploy .+)", used.out)
    assert said, used.out

    ran = treadle(*said[1].split())

    assert ran.code == 0, ran.err
    assert "on paper" in ran.out
