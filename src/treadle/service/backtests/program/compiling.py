"""Generated source as functions: plain Python, or compiled by numba and kept on disk."""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

from treadle.service.backtests.program.reading import COLUMN
from treadle.simulation.compiled import twin

DONE, EXACT, ROOM = 0, 1, 2
"""What a generated function ends with, beside `COLUMN` + the index of a node: see `generating`."""
_HORIZON = 512
"""Bars that are looked ahead at once for what may become of an order."""
_ASSIGNED = re.compile(r"\s+([a-z]\d+) = ")
_NAME = re.compile(r"\b[a-z]\d+\b")
_SUPPORT = f"""
def leave(io, i, status):
    io[0] = i
    return status


def back(io, i, status, acc, orders, sent, held):
    undo(acc, orders, sent, held)
    io[0] = i
    return status


def quiet_until(acc, orders, rules, opens, closes, high, low, k, bars):
    if acc[ORDERS] == 0 and (rules[IS_OWNED] or acc[POSITION] == 0):
        return bars
    if k >= bars:
        return bars
    return next_touched(acc, orders, rules, opens, closes, high, low, k, min(bars, k + {_HORIZON}))
"""


def shorten(source: str) -> str:
    """Without what is calculated and never read."""
    lines = source.split("\n")
    while True:
        counts = Counter(_NAME.findall("\n".join(lines)))
        kept = [line for line in lines if (found := _ASSIGNED.match(line)) is None or counts[found.group(1)] > 1]
        if len(kept) == len(lines):
            return "\n".join(lines)
        lines = kept


@lru_cache(maxsize=256)
def compile_step(source: str, *, is_jitted: bool) -> Callable[..., int]:
    """The function `drive` of a generated source."""
    return _jitted(source) if is_jitted else _plain(source)


def _names(is_jitted: bool) -> dict[str, Any]:
    more = {"EXACT": EXACT, "ROOM": ROOM, "COLUMN": COLUMN, "floor": math.floor, "isfinite": math.isfinite}
    return {**twin.namespace(is_jitted), **more}


def _plain(source: str) -> Callable[..., int]:
    names = _names(False)
    exec(compile(f"{_SUPPORT}\n\n{source}", "<step>", "exec"), names)
    return names["drive"]


def _jitted(source: str) -> Callable[..., int]:
    module = _module(_whole(source))
    for name, value in _names(True).items():
        setattr(module, name, value)
    for name in ("leave", "back", "quiet_until", "drive"):
        setattr(module, name, twin.jitted(getattr(module, name)))
    return module.drive


def is_compiled(source: str) -> bool:
    """Whether it has been compiled on this machine before."""
    return (twin.home() / "steps" / f"{_module_name(_whole(source))}.py").exists()


def _whole(source: str) -> str:
    return f'"""Generated."""\n{_SUPPORT}\n\n{source}'


def _module_name(source: str) -> str:
    return f"treadle_step_{hashlib.sha256(source.encode()).hexdigest()[:32]}"


def _module(source: str) -> ModuleType:
    """The source as a module of a file, which numba keeps what it compiles beside."""
    name = _module_name(source)
    if name in sys.modules:
        return sys.modules[name]
    folder = twin.home() / "steps"
    file = folder / f"{name}.py"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(source)
        os.replace(written, file)
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module
