"""The functions of the expression language, by name. There are no others."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from treadle.expressions.functions import collection, conversion, date, encoding, number, objects, text
from treadle.expressions.functions.declaration import FunctionInfo

FUNCTIONS: Mapping[str, FunctionInfo] = MappingProxyType(
    {
        info.name: info
        for module in (text, number, conversion, collection, objects, date, encoding)
        for info in module.table.functions
    }
)
"""Every function, in the order of the documentation."""


_ELSEWHERE = {
    "str": "text", "string": "text", "tostring": "text", "json_dumps": "json", "tojson": "json",
    "parse": "from_json", "json_parse": "from_json", "size": "len", "length": "len", "count": "len",
    "strip": "trim", "match": "matches", "regex": "matches", "includes": "contains", "mean": "avg",
    "average": "avg", "number": "float", "tonumber": "float", "tolower": "lower", "toupper": "upper",
    "startswith": "starts_with", "endswith": "ends_with", "sorted": "sort", "list": "values",
    "some": "any", "every": "all", "strftime": "format_date", "concat": "join", "sort_by": "sort",
}  # fmt: skip


def nearest_function(name: str) -> str | None:
    """A sentence that names the function most likely meant, or None."""
    from difflib import get_close_matches

    lowered = name.lower()
    known = _ELSEWHERE.get(lowered)
    close = [known] if known else get_close_matches(lowered[:40], FUNCTIONS, n=1, cutoff=0.6)
    return f"Did you mean `{FUNCTIONS[close[0]].signature}`?" if close else None


__all__ = ["FUNCTIONS", "FunctionInfo", "nearest_function"]
