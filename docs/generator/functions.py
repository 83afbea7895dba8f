"""The page of the expression language's functions."""

from __future__ import annotations

from itertools import groupby

from docs.generator.markdown import GENERATED, code, table
from treadle.expressions import FUNCTIONS

_TITLES = {
    "text": "Text",
    "number": "Numbers",
    "conversion": "From one kind to another",
    "list": "Lists",
    "object": "Objects",
    "date": "Dates and times",
    "other": "Other",
}


def page() -> str:
    parts = [
        "# Functions of expressions",
        GENERATED,
        "`?` marks an argument that may be left out, `...` one that may be repeated. `value | upper()` means "
        "`upper(value)`. There are no other functions. See [Expressions](expressions.md) for the language.",
    ]
    for category, found in groupby(FUNCTIONS.values(), key=lambda one: one.category):
        rows = [(code(one.signature), one.doc, code(one.example)) for one in found]
        parts += [
            f"## {_TITLES.get(category, category.capitalize())}",
            table(["Function", "What it gives", "Example"], rows),
        ]
    return "\n\n".join(parts) + "\n"
