"""The content of a file: from bytes to a value and back, in one of five formats."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Literal

from treadle.errors import NodeError
from treadle.packs.data.formats import csv, json
from treadle.packs.data.formats.refusal import text_of
from treadle.packs.data.row import list_of, shown

Format = Literal["auto", "text", "json", "csv", "lines", "bytes"]

_SUFFIXES: dict[str, Format] = {".json": "json", ".csv": "csv"}


def format_of(format: Format, path: str) -> Format:
    """`format`, or what the file's name says: .json, .csv, else text."""
    return _SUFFIXES.get(PurePosixPath(path).suffix.lower(), "text") if format == "auto" else format


def decode(content: bytes, format: Format, *, encoding: str, delimiter: str, header: bool, types: csv.Types) -> Any:
    """The value of a file's content. Raises `NodeError` with the place of what cannot be read."""
    if format == "bytes":
        return content
    text = text_of(content, "text", encoding=_known(encoding))
    match format:
        case "json":
            return json.load(text)
        case "csv":
            return csv.load(text, delimiter=delimiter, header=header, types=types)
        case "lines":
            return text.splitlines()
        case _:
            return text


def encode(value: Any, format: Format, *, encoding: str, delimiter: str, header: bool) -> bytes:
    """The bytes of a value. JSON and lines end in a line end. Raises `NodeError` for a value the format
    cannot hold.
    """
    if isinstance(value, bytes) and format in ("bytes", "text"):
        return value
    match format:
        case "json":
            text = json.dump(value, indent=2) + "\n"
        case "csv":
            text = csv.dump(value, delimiter=delimiter, header=header)
        case "lines":
            lines = [csv.text_of_value(item) for item in list_of(value, what="A file of lines")]
            text = "".join(f"{line}\n" for line in lines)
        case "bytes":
            raise NodeError(
                f"`format: bytes` takes bytes; {shown(value)} came.",
                code="not_bytes",
                remedy="Choose the format `text` or `json`.",
                retryable=False,
            )
        case _:
            text = csv.text_of_value(value)
    try:
        return text.encode(_known(encoding))
    except UnicodeEncodeError as error:
        raise NodeError(
            f"{text[error.start : error.start + 1]!r} cannot be written in {encoding}.",
            code="unwritable",
            remedy="Use `encoding: utf-8`.",
            retryable=False,
        ) from error


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise NodeError(
            f"There is no encoding `{encoding}`.",
            code="invalid_config",
            remedy="Use `utf-8`.",
            retryable=False,
        ) from None
    return encoding
