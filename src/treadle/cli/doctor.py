"""`treadle doctor`: what this installation is and has, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from treadle.cli.command import COMPLETED, FAILED, Invocation, command

if TYPE_CHECKING:
    from treadle.service.diagnosis import Finding
    from treadle.service.settings import Setting, Settings

_STYLES = {"ok": "green", "warning": "yellow", "error": "bold red"}


@command
def doctor(invocation: Invocation) -> int:
    """Show the installation: store, settings and where each comes from, packs, sandbox, clock.

    Exit code 1 when something is wrong.
    """
    from rich.markup import escape

    from treadle.cli.screen import new_table, to_json
    from treadle.service.diagnosis import diagnose

    settings, listed, wrong = _load(invocation)
    findings = [*wrong, *diagnose(settings)]
    broken = any(finding.status == "error" for finding in findings)
    screen = invocation.screen
    if invocation.json:
        screen.print_json(
            {
                "ok": not broken,
                "findings": [finding.to_dict() for finding in findings],
                "settings": [{"name": s.name, "value": s.value, "source": s.source} for s in listed],
            }
        )
        return FAILED if broken else COMPLETED
    table = new_table("", "", "")
    table.show_header = False
    for finding in findings:
        text = escape(finding.text) + (f"\n[dim]{escape(finding.remedy)}[/]" if finding.remedy else "")
        table.add_row(f"[{_STYLES[finding.status]}]{finding.status}[/]", finding.subject, text)
    screen.print_table(table)
    screen.say("\n[bold]Settings[/]")
    table = new_table("name", "value", "from")
    for setting in listed:
        value = setting.value if isinstance(setting.value, str) else to_json(setting.value, indent=None)
        source = f"[dim]{setting.source}[/]" if setting.source == "default" else setting.source
        table.add_row(setting.name, escape(value), source)
    screen.print_table(table)
    return FAILED if broken else COMPLETED


def _load(invocation: Invocation) -> tuple[Settings, list[Setting], list[Finding]]:
    """The settings, and what is wrong with them. A wrong one counts as not given: all others can still be looked
    at."""
    import os
    from dataclasses import fields, replace

    from treadle.errors import InvalidWorkflow
    from treadle.service.diagnosis import Finding
    from treadle.service.settings import Settings, load_settings

    try:
        settings, listed = load_settings(overrides={"db": invocation.db})
    except InvalidWorkflow as error:
        wrong = [Finding("settings", error.message, "error", "Correct what is named; the settings are listed below.")]
    else:
        return settings, listed, []
    names = [item.name for item in fields(Settings)]
    given = {f"TREADLE_{name.upper()}": name for name in names if f"TREADLE_{name.upper()}" in os.environ}
    environment = {key: os.environ[key] for key, name in given.items() if _fits(name, os.environ[key])}
    file = {
        name: value
        for name, value in _read_toml().items()
        if name in names and f"TREADLE_{name.upper()}" not in environment and _fits(name, value)
    }
    with _empty_folder() as folder:
        overrides = {**file, **({"db": invocation.db} if invocation.db else {})}
        settings, listed = load_settings(folder=folder, environment=environment, overrides=overrides)
    named = [
        replace(one, source="treadle.toml") if one.name in file and not (one.name == "db" and invocation.db) else one
        for one in listed
    ]
    return settings, named, wrong


def _read_toml() -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(Path("treadle.toml").read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def _fits(name: str, value: object) -> bool:
    from treadle.errors import InvalidWorkflow
    from treadle.service.settings import load_settings

    with _empty_folder() as folder:
        try:
            load_settings(folder=folder, environment={}, overrides={name: value})
        except InvalidWorkflow:
            return False
    return True


@contextmanager
def _empty_folder() -> Generator[Path]:
    """One without a `treadle.toml`."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        yield Path(folder)
