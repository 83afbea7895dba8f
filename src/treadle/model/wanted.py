"""What a value that does not fit has to be, in words."""

from __future__ import annotations

from pydantic_core import ErrorDetails

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "finite": "a number",
    "bool": "true or false",
    "string": "text",
    "tuple": "a list",
    "list": "a list",
}
_OBJECTS = frozenset({"dict", "mapping", "model"})
_BOUNDS = {
    "greater_than": "greater than {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "less than {lt}",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_long": "of at most {max_length} character{s}",
    "string_too_short": "of at least {min_length} character{s}",
    "too_long": "of at most {max_length} item{s}",
    "too_short": "of at least {min_length} item{s}",
    "literal_error": "{expected}",
    "enum": "{expected}",
}


def wanted_of(error: ErrorDetails, *, mapping: str = "an object") -> str | None:
    """`2 or more`, `a whole number`, `'buy' or 'sell'`: what pydantic wanted, to be read after "it must be"; None where
    that says more than there are words for here. `mapping` is what keys and values are called where this is read."""
    kind = error["type"]
    if kind in _BOUNDS:
        bounds = error.get("ctx", {})
        one = 1 in (bounds.get("min_length"), bounds.get("max_length"))
        return _BOUNDS[kind].format(**bounds, s="" if one else "s")
    if not kind.endswith(("_type", "_parsing", "_from_float", "_number")):
        return None
    root = kind.split("_", 1)[0]
    return mapping if root in _OBJECTS else _KINDS.get(root)


def told_of(error: ErrorDetails) -> str:
    """`it must be 2 or more`; of a check of ours, what it says."""
    wanted = wanted_of(error)
    if wanted is not None:
        return f"it must be {wanted}"
    return error["msg"].removeprefix("Value error, ").replace("Input should be", "it must be", 1)
