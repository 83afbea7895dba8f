"""The reference is complete, and is what the program says of itself now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.generator import commands, configuration, fields, python_api, test_files
from docs.generator.codes import codes
from docs.generator.pages import REFERENCE, all_pages

from treadle.expressions import FUNCTIONS
from treadle.node import Registry

GENERATED = all_pages()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(path: Path) -> None:
    """`python -m docs` writes them."""
    assert path.exists()
    assert path.read_text(encoding="utf-8") == GENERATED[path]


def test_no_page_of_a_pack_that_went_is_left() -> None:
    written = {path for path in GENERATED if path.parent.name == "nodes"}

    assert set((REFERENCE / "nodes").glob("*.md")) == written


def test_every_node_type_and_each_of_its_fields_is_described() -> None:
    undescribed = [
        f"{definition.name}.{field.name}"
        for definition in Registry.installed()
        for field in definition.type.config
        if not field.description
    ]

    assert undescribed == []
    assert [one.name for one in Registry.installed() if not one.type.description or not one.type.example] == []


def test_every_function_is_described() -> None:
    assert [name for name, info in FUNCTIONS.items() if not info.doc] == []


def test_every_setting_of_a_workflow_and_a_node_is_described() -> None:
    assert fields.undocumented() == []
    assert fields.obsolete() == []


def test_every_setting_of_the_installation_is_described() -> None:
    assert configuration.undocumented() == []


def test_every_key_of_a_test_file_is_described() -> None:
    assert test_files.undocumented() == []


def test_every_command_and_option_is_described() -> None:
    assert commands.undocumented() == []


def test_a_group_that_is_a_command_by_itself_is_listed_too() -> None:
    assert {"treadle dead", "treadle deployments", "treadle dead retry"} <= {one.name for one in commands.commands()}
    assert "treadle schedule" not in {one.name for one in commands.commands()}


def test_every_public_name_of_the_python_api_is_described() -> None:
    assert python_api.undocumented() == []


def test_every_code_is_on_the_page_of_errors_and_no_other() -> None:
    """Programs match on codes; the source tells which there are."""
    text = (REFERENCE / "errors.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    said = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row)}

    assert said == set(codes())


def test_a_key_with_the_same_name_in_two_tables_has_the_text_of_each() -> None:
    page = test_files.page()

    answer, state = (
        page.partition(f"## {title}\n")[2].partition("\n## ")[0] for title in ("Answer", "Change of state")
    )

    assert "| `by` | Who gave it. |" in answer
    assert "| `by` | How much it grows. |" in state
