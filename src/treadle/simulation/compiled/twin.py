"""The functions of the compiled market in both forms: plain Python, and compiled by numba.

They are written once. For the compiled form every function is taken again over globals in which the functions that it
calls are the compiled ones, and wide numbers are those of `limbs`. What was compiled is kept on disk below `home`,
under a name that changes with the source, so that another process only loads it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import FunctionType, ModuleType
from typing import Any

from treadle.simulation.compiled import account, bars, grid, integers, layout, ledger, limbs, matching, rungs
from treadle.simulation.market import costs, orders, scale

_PARTS = (grid, account, matching, bars, ledger, rungs)
"""In the order in which they build upon each other."""
_INLINED = frozenset({
    "wide_of", "wide_add", "wide_negative", "wide_subtract", "is_less", "is_below_zero", "wide_times", "wide_scaled",
    "wide_float", "share_of", "share_above", "worth_of", "remaining", "find", "is_limit", "direction", "level", "mark",
    "is_here", "allowed", "budget_of", "spread_of", "move_money", "move_profit", "move_fee", "has_room", "can_step",
    "after_opening", "rest", "is_walked", "put", "next_on_way", "concerns",
})  # fmt: skip
"""Small, and called so often that the call would be what costs."""
_LOCK = Lock()


def can_compile() -> bool:
    """Whether numba is there; it is not imported for that."""
    return find_spec("numba") is not None


@cache
def namespace(jit: bool = False) -> Mapping[str, Any]:
    """Every constant and function by its name, to be the globals of what is built upon them."""
    with _LOCK:
        names: dict[str, Any] = {}
        for module in (orders, layout, rungs):
            names |= _constants(module)
        names["RATE"] = scale.RATE
        own = _jitted(limbs, {}) if jit else _functions(integers)
        for part in _PARTS:
            own |= _jitted(part, own) if jit else _functions(part)
        return names | own


def jitted(function: Callable[..., Any], *, inlined: bool = False) -> Callable[..., Any]:
    """`function` compiled as the functions of `namespace(True)` are; what it calls has to be compiled, too."""
    import numba

    _keep_at_home()
    return numba.njit(nogil=True, cache=True, error_model="numpy", forceinline=inlined, _nrt=False)(function)  # pyright: ignore


@cache
def home() -> Path:
    """Where compiled code is kept: `TREADLE_CACHE`, or the user's cache folder."""
    given = os.environ.get("TREADLE_CACHE")
    folder = Path(given) if given else _user_cache()
    return folder / f"compiled-{_digest()}"


def _user_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return Path(base) / "treadle" if base else Path.home() / ".cache" / "treadle"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / "treadle"


def _digest() -> str:
    """Of the source of everything compiled: numba itself asks for the file of the outermost function only."""
    found = hashlib.sha256()
    for module in (limbs, *_PARTS, layout, orders, costs, scale):
        assert module.__file__ is not None
        found.update(Path(module.__file__).read_bytes())
    found.update(Path(__file__).read_bytes())
    return found.hexdigest()[:16]


def _keep_at_home() -> None:
    from numba.core import config

    if not os.environ.get("NUMBA_CACHE_DIR"):
        config.CACHE_DIR = str(home())  # pyright: ignore[reportAttributeAccessIssue]


def _jitted(module: ModuleType, known: Mapping[str, Any]) -> dict[str, Any]:
    """The functions of a module, compiled, each over the compiled ones before it."""
    own = {**vars(module), **known}
    made: dict[str, Any] = {}
    for name, function in _functions(module).items():
        twin = FunctionType(function.__code__, own, name, function.__defaults__)
        twin.__module__, twin.__qualname__ = module.__name__, function.__qualname__
        own[name] = made[name] = jitted(twin, inlined=name in _INLINED)
    return made


def _functions(module: ModuleType) -> dict[str, Any]:
    """Those that the module defines, in the order in which they build upon each other."""
    found = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }
    ordered: dict[str, Any] = {}

    def take(name: str) -> None:
        if name in ordered:
            return
        for called in found[name].__code__.co_names:
            if called in found and called != name:
                take(called)
        ordered[name] = found[name]

    for name in found:
        take(name)
    return ordered


def _constants(module: ModuleType) -> dict[str, int]:
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, int)
    }
