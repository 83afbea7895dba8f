"""Diagnosis: what this installation has, what it lacks, and what is wrong with it."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from treadle.errors import TreadleError
from treadle.node.registry import Registry
from treadle.service.finding import Finding
from treadle.service.operation_diagnosis import look_at_operation
from treadle.service.project import installed_registry
from treadle.service.settings import Settings
from treadle.store.database import connect, parse_location
from treadle.store.schema import HEAD, find_revision

_OLDEST_SQLITE = (3, 35, 0)
_SENSIBLE = datetime(2025, 1, 1, tzinfo=UTC)


def diagnose(settings: Settings, registry: Registry | None = None) -> list[Finding]:
    """Look at everything and change nothing. Without a `registry`, the node types are loaded anew."""
    return [
        *_look_at_python(),
        *_look_at_store(settings),
        *_look_at_workspace(settings),
        *_look_at_packs(settings, registry),
        *_look_at_sandbox(settings),
        *_look_at_clock(settings),
        *look_at_operation(settings),
    ]


def _look_at_python() -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("python", f"{version} on {sys.platform}")
    fits = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    yield Finding(
        "sqlite",
        sqlite3.sqlite_version,
        "ok" if fits else "error",
        None if fits else "Install a Python with SQLite 3.35 or later.",
    )


def _look_at_store(settings: Settings) -> Iterator[Finding]:
    try:
        path = parse_location(settings.db)
    except TreadleError as error:
        yield Finding("store", error.message, "error", error.remedy)
        return
    shown = path.resolve()
    if not path.exists():
        parent = next(folder for folder in shown.parents if folder.exists())
        writable = os.access(parent, os.W_OK)
        yield Finding(
            "store",
            f"{shown}, not made yet" if writable else f"{shown} cannot be made: `{parent}` is not writable",
            "ok" if writable else "error",
            None if writable else "Name another place with `--db` or `TREADLE_DB`.",
        )
        return
    try:
        connection = connect(path)
        try:
            revision = find_revision(connection)
        finally:
            connection.close()
    except (sqlite3.Error, TreadleError) as error:
        yield Finding("store", f"{shown}: {error}", "error", "Name another file with `--db`.")
        return
    if not os.access(path, os.W_OK):
        yield Finding("store", f"{shown} is not writable", "error", "Change its permissions, or name another file.")
    elif revision not in (None, HEAD):
        yield Finding(
            "store", f"{shown}, schema {revision}; this Treadle's is {HEAD}", "warning", "Run `treadle db upgrade`."
        )
    else:
        yield Finding("store", f"{shown}, schema {revision or HEAD}, {path.stat().st_size / 1e6:.1f} MB, writable")


def _look_at_workspace(settings: Settings) -> Iterator[Finding]:
    workspace = Path(settings.workspace).resolve()
    if not workspace.is_dir():
        yield Finding("workspace", f"{workspace} is not a folder", "error", "Make it, or correct `workspace`.")
    else:
        writable = os.access(workspace, os.W_OK)
        yield Finding(
            "workspace",
            f"{workspace}" if writable else f"{workspace} is not writable: `file.write` will fail",
            "ok" if writable else "warning",
        )


def _look_at_packs(settings: Settings, registry: Registry | None) -> Iterator[Finding]:
    try:
        definitions = list(registry or installed_registry(settings))
    except (TreadleError, ImportError) as error:
        issues = "; ".join(issue.message for issue in getattr(error, "issues", ()))
        yield Finding("packs", f"{error}{' ' + issues if issues else ''}", "error", "Correct or remove what is named.")
        return
    counts: dict[str, int] = {}
    for definition in definitions:
        counts[definition.type.category] = counts.get(definition.type.category, 0) + 1
    listed = ", ".join(f"{pack} {number}" for pack, number in sorted(counts.items()))
    yield Finding("packs", f"{len(definitions)} node types: {listed}")
    for definition in definitions:
        if definition.missing:
            extra = definition.type.extra
            remedy = f"Install it: pip install 'treadle[{extra}]'" if extra else "Install it with pip."
            yield Finding("packs", f"{definition.name} lacks {', '.join(definition.missing)}", "warning", remedy)


def _look_at_sandbox(settings: Settings) -> Iterator[Finding]:
    has = {
        "python": find_spec("pydantic_monty") is not None,
        "javascript": find_spec("quickjs") is not None,
        "landlock": _has_landlock(),
        "seccomp": find_spec("pyseccomp") is not None,
    }
    listed = ", ".join(f"{name} {'yes' if there else 'no'}" for name, there in has.items())
    lacks_lock = not (has["landlock"] and has["seccomp"])
    yield Finding(
        "sandbox",
        listed,
        "ok" if all(has.values()) else "warning",
        "`code.javascript` and trusted code need Linux with Landlock and seccomp; `code.python` does not."
        if lacks_lock
        else None,
    )
    allowed = [
        name
        for name, on in (
            ("private network", settings.allow_private_network),
            ("shell", settings.allow_shell),
            ("trusted code", settings.trusted_code),
        )
        if on
    ]
    yield Finding("allowed", ", ".join(allowed) or "nothing beyond the defaults")


def _has_landlock() -> bool:
    try:
        from treadle.packs.code.sandbox.inside.landlock import version
    except ImportError:
        return False
    return version() > 0


def _look_at_clock(settings: Settings) -> Iterator[Finding]:
    from treadle.engine.clock import SystemClock

    now = SystemClock().now()
    zone = now.astimezone().tzname()
    if now < _SENSIBLE:
        yield Finding("clock", f"{now.isoformat()} lies in the past", "error", "Set the machine's clock.")
    else:
        yield Finding("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, local zone {zone}")
