"""What commands are given: workflow files, names of stored workflows, inputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import InvalidWorkflow, NotFound

if TYPE_CHECKING:
    from treadle.authoring.document import Document, Loaded
    from treadle.node.registry import Registry

_ENDINGS = (".yaml", ".yml", ".json")
_AS_JSON = """Write it as JSON in quotes: --input '{"topic": "tides"}', or use -i topic=tides."""
_IN_FILE = "Write the JSON into it, or give it here: -i topic=tides."


def is_file(text: str) -> bool:
    """Whether `text` means a file: there is one, or it is written like one."""
    return text.endswith(_ENDINGS) or "/" in text or Path(text).is_file()


def read_text(path: str) -> bytes:
    """A file's content. Raises `NotFound` (`unknown_file`) with the nearest name in its folder."""
    from treadle.model.nearest import suggest

    file = Path(path)
    try:
        return file.read_bytes()
    except FileNotFoundError:
        folder = file.parent
        names = [p.name for p in folder.iterdir() if p.suffix in _ENDINGS] if folder.is_dir() else []
        remedy = suggest(file.name, names, "`treadle new workflow` writes a first one.")
        raise NotFound(f"There is no file `{path}`.", code="unknown_file", remedy=remedy) from None
    except OSError as error:
        raise NotFound(
            f"`{path}` cannot be read: {error.strerror}.", code="unreadable_file", remedy="Name a file you may read."
        ) from None


def check_path(path: str, registry: Registry) -> Loaded:
    """Load and check a workflow file. Raises `NotFound`."""
    from treadle.authoring.check.file import check_file

    return check_file(read_text(path), registry, source=path)


def read_one(path: str, registry: Registry, *, name: str | None = None) -> Document:
    """As `read_all`, without the others."""
    return read_all(path, registry, name=name)[0]


def read_all(path: str, registry: Registry, *, name: str | None = None) -> tuple[Document, list[Document]]:
    """The one workflow to run of a file, and the others in it; all are checked.

    Raises `InvalidWorkflow` with every issue, `NotFound`.
    """
    loaded = check_path(path, registry)
    if not loaded.result.valid:
        number = len(loaded.result.errors)
        message = f"`{path}` cannot run: {number} problem{'s' if number != 1 else ''}."
        raise InvalidWorkflow(message, issues=loaded.result.issues, source=path)
    found = [document for document in loaded.documents if document.workflow is not None]
    names = [document.workflow.name for document in found if document.workflow is not None]
    listed = ", ".join(f"`{n}`" for n in names)
    if name is not None:
        for document in found:
            if document.workflow is not None and name in (document.workflow.name, document.workflow.id):
                return document, [other for other in found if other is not document]
        raise NotFound(f"`{path}` holds no workflow `{name}`.", code="unknown_workflow", remedy=f"It holds {listed}.")
    if len(found) != 1:
        raise InvalidWorkflow(
            f"`{path}` holds {len(found)} workflows.",
            code="ambiguous_workflow",
            remedy=f"Say which with `--workflow NAME`: {listed}.",
        )
    return found[0], []


def read_input(
    text: str | None, pairs: Sequence[str], *, declared: Mapping[str, Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """The run's input: JSON text or `@file` (`@-` is standard input), and `key=value` pairs over it.

    A pair's value is JSON where the input is not declared as text and it reads as JSON, else text.
    Raises `InvalidWorkflow` (`invalid_input`).
    """
    given = _read_object(text) if text else {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InvalidWorkflow(f"`{pair}` is not an input.", code="invalid_input", remedy="Write `-i name=value`.")
        is_text = (declared or {}).get(key, {}).get("type") == "string"
        given[key] = value if is_text else read_value(value)
    return given


def read_value(text: str) -> Any:
    """JSON if it is JSON, `@file` its content as JSON, else the text itself."""
    if text.startswith("@"):
        return _parse(_read_reference(text), text, f"Correct `{text[1:]}`: it is to hold one JSON value.")
    try:
        return _parse(text, text, _AS_JSON)
    except InvalidWorkflow:
        return text


def read_content(text: str, where: str) -> Any:
    """As `read_value`, for what is kept as it is: what begins like JSON is to be JSON. Raises `InvalidWorkflow`
    (`invalid_input`)."""
    if text.startswith("@"):
        remedy = f"Write the JSON into `{text[1:]}`, or give it here."
        return _parse(_read_reference(text, remedy), text, f"Correct `{text[1:]}`: it is to hold one JSON value.")
    if text.lstrip()[:1] in ("{", "[", '"'):
        return _parse(text, where, """Correct it; a text that is to begin so is written as JSON: '"[x"'.""")
    return read_value(text)


def read_json(text: str, where: str) -> Any:
    """JSON, or `@file` its content as JSON. Raises `InvalidWorkflow` (`invalid_input`)."""
    remedy = """Write it as JSON in quotes, like '{"amount": 20}'; a text is '"yes"'."""
    if text.startswith("@"):
        instead = f"Write the JSON into `{text[1:]}`, or give it in place of `{text}`."
        return _parse(_read_reference(text, instead), text, f"Correct `{text[1:]}`: it is to hold one JSON value.")
    return _parse(text, where, remedy)


def _read_object(text: str) -> dict[str, Any]:
    where = text if text.startswith("@") else "--input"
    is_reference = text.startswith("@")
    remedy = f"Correct `{text[1:]}`: it is to hold one JSON object." if is_reference and text != "@-" else _AS_JSON
    value = _parse(_read_reference(text) if is_reference else text, where, remedy)
    if not isinstance(value, dict):
        raise InvalidWorkflow(
            f"The input is {_kind(value)}, not an object.",
            code="invalid_input",
            remedy=remedy,
        )
    return cast("dict[str, Any]", value)


def _read_reference(text: str, remedy: str = _IN_FILE) -> str:
    if text == "@-":
        import sys

        return sys.stdin.read()
    try:
        return _read_data(text[1:], remedy).decode()
    except UnicodeDecodeError:
        raise InvalidWorkflow(
            f"`{text[1:]}` is not text.", code="invalid_input", remedy="Give a JSON file in UTF-8."
        ) from None


def _read_data(path: str, remedy: str) -> bytes:
    """As `read_text`, with a remedy that is about data: there is no workflow to write here."""
    try:
        return read_text(path)
    except NotFound as error:
        if "new workflow" not in (error.remedy or ""):
            raise
        raise NotFound(error.message, code=error.code, remedy=remedy) from None


def _parse(text: str, where: str, remedy: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        place = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InvalidWorkflow(
            f"{where} is not JSON: {message}{place}.",
            code="invalid_input",
            remedy=remedy,
        ) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON value")


def _kind(value: object) -> str:
    kinds = {"list": "a list", "str": "text", "bool": "true or false", "NoneType": "null"}
    return kinds.get(type(value).__name__, "a number")
