"""YAML, safely: plain data only, with a bound on size, depth and what aliases unfold to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, cast

from treadle.packs.data.formats import json
from treadle.packs.data.formats.measure import measure
from treadle.packs.data.formats.refusal import MAX_DEPTH, MAX_VALUES, text_of, unreadable

MAX_CHARACTERS = 5_000_000
MAX_ALIASES = 1_000
_LINE_ENDS = frozenset("\r\x85\u2028\u2029\ufeff")


def load(value: object) -> Any:
    """The value of one YAML document: keys as text, times aware UTC. Raises `NodeError` with the line."""
    import yaml

    text = text_of(value, "YAML")
    if len(text) > MAX_CHARACTERS:
        raise unreadable("YAML", f"it has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _count(text, loader)
        found = yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise unreadable("YAML", f"{where}{error.problem}", line=mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise unreadable("YAML", str(error) or "it is nested too deep") from error
    problem = measure(found, values=MAX_VALUES, depth=MAX_DEPTH)
    if problem:
        raise unreadable("YAML", problem, remedy="Unfold its aliases, or split it.")
    return _clean(found)


def dump(value: Any, *, sort_keys: bool = False) -> str:
    """YAML text in block style. Kinds that JSON lacks are written as in JSON."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Quotes texts with unusual line ends, which plain style would lose."""

    def text(dumper: Any, value: str) -> Any:
        style = '"' if _LINE_ENDS.intersection(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(
        json.plain(value), Dumper=Dumper, allow_unicode=True, sort_keys=sort_keys, default_flow_style=False
    )


def _count(text: str, loader: Any) -> None:
    """Bound depth and aliases before anything is built: building is recursive, reading events is not."""
    import yaml

    depth = aliases = 0
    library: Any = yaml
    for event in library.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested deeper than {MAX_DEPTH}")
        if aliases > MAX_ALIASES:
            raise ValueError(f"it has more than {MAX_ALIASES:,} aliases")


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        entries = cast("dict[Any, Any]", value)
        return {_key(key): _clean(item) for key, item in entries.items()}
    if isinstance(value, list | tuple | set):
        return [_clean(item) for item in cast("list[Any]", value)]
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value


def _key(key: Any) -> str:
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return key.isoformat() if isinstance(key, date) else str(key)
