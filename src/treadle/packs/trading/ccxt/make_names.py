"""Write `names.py` anew from the ccxt that is installed: `python -m treadle.packs.trading.ccxt.make_names`.

Asking ccxt itself takes three seconds, too long for finding out that a name is wrong.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

_HEAD = '''"""The exchanges that ccxt knows; written by `make_names`, so that finding a name needs no ccxt."""

from __future__ import annotations

VERSION = "{version}"
"""Of ccxt, when this was written."""

_ALL = """
{names}
"""
_TAKING = """
{taking}
"""
_FOUND = """
{found}
"""

NAMES = frozenset(_ALL.split())
TAKES_CLIENT_ID = frozenset(_TAKING.split())
"""Those that take our id with an order. At the others no order is placed: one whose answer is lost could not be found.
"""
FOUND_BY_CLIENT_ID = frozenset(_FOUND.split())
"""Those that are asked for an order by it. At the others it is looked for among all orders."""
'''


def write_names() -> str:
    """The text of `names.py`."""
    import ccxt  # pyright: ignore[reportMissingTypeStubs]

    names: list[str] = sorted(ccxt.exchanges)
    taking = [name for name in names if _speaks(getattr(ccxt, name), "create_order")]
    found = [name for name in taking if _speaks(getattr(ccxt, name), "fetch_order")]
    return _HEAD.format(version=ccxt.__version__, names=_rows(names), taking=_rows(taking), found=_rows(found))


def _speaks(exchange: Any, method: str, depth: int = 3) -> bool:
    """Whether a method, or one that makes the request for it, reads `clientOrderId` from what it is given."""
    text = _body(exchange, method)
    if re.search(r"""(?:params|query)\w*, [^()]*['"]clientOrderId['"]""", text):
        return True
    called = {
        name for name in re.findall(r"self\.(\w+)\(", text) if re.search(r"order.*(request|params)|create.*order", name)
    }
    return depth > 0 and any(
        _speaks(exchange, name, depth - 1) for name in sorted(called - {method}) if hasattr(exchange, name)
    )


def _body(exchange: Any, method: str) -> str:
    """Without what the documentation says."""
    return re.sub(r'"""(.|\n)*?"""', "", inspect.getsource(getattr(exchange, method)))


def _rows(names: list[str]) -> str:
    rows, row = list[str](), ""
    for name in names:
        if len(row) + len(name) > 110:
            rows.append(row)
            row = ""
        row = f"{row} {name}".strip()
    return "\n".join([*rows, row])


if __name__ == "__main__":
    Path(__file__).with_name("names.py").write_text(write_names())
