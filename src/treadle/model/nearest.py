"""The nearest name: what someone most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that looks most like `name`, or None when none does."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = name.lower().replace("-", "_")
    for other in names:
        if other.lower().replace("-", "_") == folded:
            return other
    # Comparing with thousands of names takes long, and a list of thousands helps nobody.
    near = get_close_matches(name, [other for other in names if abs(len(other) - len(name)) <= 4][:2000], n=1)
    return near[0] if near else None


def suggest(name: str, known: Iterable[str], otherwise: str) -> str:
    """A remedy: "Did you mean `x`?", or `otherwise` when nothing is near."""
    near = find_nearest(name, known)
    return f"Did you mean `{near}`?" if near is not None else otherwise


def listed(names: Iterable[str], *, limit: int = 12) -> str:
    """Names for a message: `a`, `b` and 3 more."""
    known = list(names)
    shown = ", ".join(f"`{name}`" for name in known[:limit])
    return f"{shown} and {len(known) - limit} more" if len(known) > limit else shown
