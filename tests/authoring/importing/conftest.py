"""Documents as other programs have written them, and what they are made of."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from treadle.authoring.importing.convert import convert
from treadle.authoring.importing.converted import Conversion
from treadle.authoring.importing.starter import Starters
from treadle.node import Registry
from treadle.service.migration import ShippedStarters

DOCUMENTS = Path(__file__).parent / "documents"
REGISTRY = Registry.installed()


STARTERS = ShippedStarters(REGISTRY)


def starters() -> Starters:
    return STARTERS


@cache
def _read(name: str) -> Conversion:
    return convert((DOCUMENTS / name).read_text(), catalogue=REGISTRY, starters=STARTERS, name="mine")


def converted(document: Any) -> Conversion:
    """What a document comes to: one as data, or a file of `documents`."""
    if isinstance(document, str):
        return _read(document)
    return convert(json.dumps(document, indent=1), catalogue=REGISTRY, starters=STARTERS, name="mine")
