"""Kinds of columns, and the metadata that all tables are declared in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

metadata = MetaData()

Micros = BigInteger
"""A time: whole microseconds since 1970 in UTC."""

Serial = BigInteger().with_variant(Integer, "sqlite")


def required(name: str, kind: type = Text) -> Column[str]:
    return Column(name, kind, nullable=False)


def key(name: str, *, comment: str | None = None) -> Column[str]:
    """A text by which, perhaps with others, a row is found."""
    return Column(name, Text, primary_key=True, nullable=False, comment=comment)


def time(name: str) -> Column[int]:
    return Column(name, Micros, nullable=False)
