"""Every page's terminal sessions, against the real program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.fences import ROOT, Fence, fences_of, pages
from treadle.cli.main import app

PAGES = [page for page in pages() if any(fences_of(page, "console"))]
MARK = "-- treadle documentation --"


def session(fence: Fence) -> list[tuple[str, list[str]]]:
    """(command, the lines that are shown under it)."""
    steps: list[tuple[str, list[str]]] = []
    for line in fence.text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif line.strip():
            steps[-1][1].append(line)
    return steps


def script(commands: list[str]) -> str:
    """The commands as one shell session. A pause becomes a wait for what it is there for: machines differ."""
    waits = {"sleep 2": "until [ -s charges.txt ]; do sleep 0.1; done; sleep 0.3"}
    return "\n".join(f"echo '{MARK}'; {waits.get(command, command)}" for command in ("set -m", *commands))


def looks_like(shown: str, written: str) -> bool:
    """`…` stands for anything; runs of blanks are one."""
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in shown.split("…"))
    return re.fullmatch(pattern, " ".join(written.split())) is not None


def misses(shown: list[str], written: list[str]) -> list[str]:
    """The lines shown that do not come, in this order, among those written."""
    rest = iter(written)
    return [line for line in shown if line.strip() != "…" and not any(looks_like(line, other) for other in rest)]


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_session_goes_as_it_is_shown(page: Path, tmp_path: Path) -> None:
    """The files of a page are written first; then its sessions run one after the other in one folder."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TREADLE_")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "200",
    }
    for fence in fences_of(page):
        if fence.file is not None:
            (tmp_path / fence.file).write_text(fence.text)

    for fence in fences_of(page, "console"):
        steps = session(fence)
        done = subprocess.run(
            ["bash", "-c", script([command for command, _ in steps])],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=90,
            check=False,
        )

        parts = done.stdout.split(MARK)[2:]
        assert len(parts) == len(steps), done.stdout
        for (command, shown), written in zip(steps, parts, strict=True):
            assert misses(shown, written.splitlines()) == [], f"{fence}: {command}\n{written}"


def test_commands_in_the_text_are_commands_of_the_program() -> None:
    """`treadle frobnicate` in a sentence would be a promise nobody keeps."""
    known = {info.name for info in app.registered_commands} | {group.name for group in app.registered_groups}
    said = {
        (page.name, word)
        for page in pages()
        for word in re.findall(r"(?:`|\$ )treadle ([a-z]+)", page.read_text(), re.MULTILINE)
    }

    assert {pair for pair in said if pair[1] not in known} == set()


def test_the_commands_of_the_readme_install_from_this_folder() -> None:
    """A fresh machine has Python and this folder; the extras that are asked for must be declared."""
    text = (ROOT / "README.md").read_text()
    commands = [line for line in re.findall(r"^python3 -m venv.*$", text, re.MULTILINE)]

    assert len(commands) == 2
    assert "pip install -q . &&" in commands[0]
    assert shlex.split(commands[0].split("&&")[-1]) == [".venv/bin/treadle", "up"]
    assert "pip install -q -e '.[test]' &&" in commands[1]
    assert "\ntest = [" in (ROOT / "pyproject.toml").read_text()


def test_yaml_shown_as_a_file_is_the_same_wherever_it_is_shown() -> None:
    """The README's first workflow is the tutorial's."""
    found: dict[str, list[object]] = {}
    for page in pages():
        for fence in fences_of(page, "yaml"):
            if fence.file is not None:
                found.setdefault(fence.file, []).append(yaml.safe_load(fence.text))

    assert [name for name, texts in found.items() if any(text != texts[0] for text in texts)] == []
