"""Files are told by their content, and taken as a whole or not at all."""

from __future__ import annotations

import pytest

from tests.authoring.importing.conftest import DOCUMENTS, REGISTRY, converted, starters
from treadle.authoring.importing.convert import convert, is_foreign


@pytest.mark.parametrize(
    ("file", "format", "foreign"),
    [
        ("bots.json", "bot", True),
        ("blocks.json", "blocks", True),
        ("n8n.json", "n8n", True),
        ("steps.yaml", "workflow", False),
    ],
)
def test_a_file_is_told_by_its_content(file: str, format: str, foreign: bool) -> None:
    assert converted(file).format == format
    assert is_foreign((DOCUMENTS / file).read_text()) is foreign


def test_the_workflows_of_a_file_become_files_of_their_own() -> None:
    found = converted("steps.yaml")

    assert found.result.issues == ()
    assert [one.name for one in found.workflows] == ["greet", "count"]
    assert found.workflows[0].text.startswith("id: greet")


@pytest.mark.parametrize("text", ["", "{", "[1, 2", "- : :", "5", '"x"', "[]", "\x00", "{}"])
def test_what_is_no_document_is_said_and_gives_nothing(text: str) -> None:
    found = convert(text, catalogue=REGISTRY, starters=starters())

    assert not found.workflows


def test_yaml_is_read_too() -> None:
    text = "bot_id: a\nstrategy: alert\nprovider: paper\nparams: {symbol: BTC/USDT, condition: below, price: 5}\n"

    (made,) = convert(text, catalogue=REGISTRY, starters=starters()).workflows

    assert (made.name, made.template) == ("a", "price-alert")
