"""Functions for null, ids and encodings."""

# Values come as `object` and are told apart by exact type, which narrows less than isinstance.
# pyright: reportUnknownArgumentType=false
from __future__ import annotations

from treadle.expressions.functions.argument import paid_text, refused
from treadle.expressions.functions.date import draws
from treadle.expressions.functions.declaration import Table
from treadle.expressions.limits import Budget
from treadle.expressions.rendering import text_of
from treadle.expressions.value import plain

table = Table("other")


@table("default(value, otherwise)")
def default(budget: Budget, value: object, otherwise: object) -> object:
    """`value`, or `otherwise` when that is null or missing; the same as `value ?? otherwise`."""
    return otherwise if value is None else value


@table("coalesce(value, more...)")
def coalesce(budget: Budget, *values: object) -> object:
    """The first value that is neither null nor missing; the same as `a ?? b ?? c`."""
    return next((value for value in values if value is not None), None)


@table("uuid()", volatile=True)
def uuid(budget: Budget) -> object:
    """A fresh UUID as text; recorded, so a replay sees the same."""
    return draws(budget, "uuid").uuid()


@table("hash_sha256(value)")
def hash_sha256(budget: Budget, value: object) -> object:
    """The SHA-256 of a text (as UTF-8) or of bytes, in hexadecimal."""
    # Imported late: it loads OpenSSL.
    from hashlib import sha256

    return sha256(_bytes("hash_sha256", value, budget)).hexdigest()


@table("base64(value)")
def base64(budget: Budget, value: object) -> object:
    """The Base64 of a text (as UTF-8) or of bytes."""
    from base64 import b64encode

    return b64encode(_bytes("base64", value, budget)).decode()


@table("url_encode(value)")
def url_encode(budget: Budget, value: object) -> object:
    """The text with everything that has a meaning in URLs escaped as %XX."""
    from urllib.parse import quote

    value = plain(value)
    if value is None or isinstance(value, list | dict):
        raise refused("url_encode", "a text or number", value)
    source = paid_text("url_encode", text_of(value, budget), budget)
    budget.spend(len(source) >> 4, 3 * len(source))
    return quote(source, safe="")


def _bytes(name: str, value: object, budget: Budget) -> bytes:
    if type(value) is bytes:
        budget.spend(1 + (len(value) >> 8), 2 * len(value))
        return value
    return paid_text(name, value, budget).encode()
