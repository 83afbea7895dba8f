"""A reading of one file: what was found wrong so far, and where the parts of the model stand in the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from treadle.authoring.tree import Path, snake_case
from treadle.model.issue import Issue
from treadle.model.nearest import listed, suggest
from treadle.model.resolve import Catalogue
from treadle.model.wanted import wanted_of

M = TypeVar("M", bound=BaseModel)
Fields = dict[str, Any]


class Reading:
    """Collects issues while a file is read. Nothing here raises on bad content.

    `places` maps paths in the model to paths in the file, where they differ.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.issues: list[Issue] = []
        self.places: dict[Path, Path] = {}

    def refuse(self, code: str, message: str, path: Path, remedy: str, *, node: str | None = None) -> None:
        self.issues.append(Issue(code, message, path, remedy=remedy, node=node))

    def stands(self, model_path: Path, file_path: Path) -> None:
        if model_path != file_path:
            self.places[model_path] = file_path

    def mapping(self, value: object, path: Path, what: str) -> Mapping[str, Any] | None:
        """`value` if it is a mapping; otherwise an issue."""
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        self.wrong_type(value, path, what, "a mapping (`key: value`)")
        return None

    def sequence(self, value: object, path: Path, what: str) -> list[Any]:
        if isinstance(value, list):
            return cast("list[Any]", value)
        if value is not None:
            self.wrong_type(value, path, what, "a list")
        return []

    def wrong_type(self, value: object, path: Path, what: str, wanted: str, *, node: str | None = None) -> None:
        self.refuse(
            "invalid_value",
            f"`{what}` is {shown(value)}; it must be {wanted}.",
            path,
            f"Write {wanted}.",
            node=node,
        )

    def known_keys(
        self, raw: Mapping[str, Any], known: Iterable[str], path: Path, *, node: str | None = None
    ) -> Fields:
        """The entries of `raw` whose keys are `known`, in snake_case; an issue for every other key."""
        names = known if isinstance(known, frozenset) else frozenset(known)
        fields: Fields = {}
        for key, value in raw.items():
            name = key if key in names else snake_case(key)
            if name not in names:
                self.refuse(
                    "unknown_key",
                    f"There is no key `{key}` here.",
                    (*path, key),
                    suggest(name, names, f"Remove it; the keys here are {listed(sorted(names), limit=30)}."),
                    node=node,
                )
            elif name in fields:
                self.refuse(
                    "duplicate_key",
                    f"`{key}` says the same as `{name}`.",
                    (*path, key),
                    "Keep one of them.",
                    node=node,
                )
            else:
                fields[name] = value
        return fields

    def build(
        self,
        model: type[M],
        fields: Fields,
        path: Path,
        *,
        node: str | None = None,
        written: Mapping[str, str] | None = None,
    ) -> M | None:
        """A `model` of those of `fields` that fit, with an issue for each that does not.

        `written` gives the file's key for fields that are called otherwise there. None when a required field
        is missing or wrong.
        """
        for _ in range(10):
            try:
                return model.model_validate(fields)
            except ValidationError as error:
                before = _size(fields)
                self._note(error.errors(include_url=False), fields, path, node, written or {})
                if _size(fields) == before:
                    return None
        return None

    def _note(
        self,
        errors: list[ErrorDetails],
        fields: Fields,
        path: Path,
        node: str | None,
        written: Mapping[str, str],
    ) -> None:
        seen: dict[Path, str] = {}
        for error in errors:
            where = _present(error["loc"], fields)
            if error["type"] == "missing":
                where = error["loc"]
            if where in seen:
                continue
            seen[where] = error["type"]
            # The model's path and the file's differ where the steps form calls a field otherwise.
            head = written.get(str(where[0]), where[0]) if where else ""
            self.issues.append(
                _issue(
                    error,
                    (*path, head, *where[1:]) if where else path,
                    str(where[-1] if where else head),
                    node,
                )
            )
        for where in seen:
            inner = fields.get(str(where[0])) if where else None
            if isinstance(inner, dict) and len(where) > 1:
                cast("Fields", inner).pop(str(where[1]), None)
            elif where:
                fields.pop(str(where[0]), None)


def shown(value: object) -> str:
    """`value` for a message: short, and in the file's words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    text = text if len(text) <= 60 else text[:57] + "…"
    return f"the text `{text}`" if isinstance(value, str) else f"the number {text}"


def _present(loc: tuple[int | str, ...], fields: Fields) -> Path:
    """`loc` as far as it leads through the data; the rest names arms of a union."""
    here: Any = fields
    found: list[str | int] = []
    for part in loc:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            break
        found.append(part)
    return tuple(found)


def _size(fields: Fields) -> int:
    return len(fields) + sum(len(cast("Fields", value)) for value in fields.values() if isinstance(value, dict))


def _issue(error: ErrorDetails, path: Path, name: str, node: str | None) -> Issue:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    if kind == "missing":
        return Issue("missing_key", f"`{name}` is missing.", path[:-1], remedy=f"Add `{name}:`.", node=node)
    if kind == "value_error":
        reason = str(context.get("error", error["msg"]))
        code = "invalid_duration" if "duration" in reason else "invalid_value"
        return Issue(code, f"`{name}`: {reason}.", path, remedy="Write for example `30s`, `5m` or `48h`.", node=node)
    if kind == "string_pattern_mismatch":
        return Issue(
            "invalid_id" if name == "id" else "invalid_name",
            f"`{name}` is {shown(value)}; it does not have the right form.",
            path,
            remedy=_FORMS.get(name, f"It must match `{context.get('pattern', '')}`."),
            node=node,
        )
    if kind == "literal_error":
        choices = str(context.get("expected", "")).replace("'", "`")
        return Issue(
            "invalid_value",
            f"`{name}` is {shown(value)}, which it cannot be.",
            path,
            remedy=f"Write {choices}.",
            node=node,
        )
    wanted = wanted_of(error, mapping="a mapping (`key: value`)") or error["msg"]
    return Issue(
        "invalid_value",
        f"`{name}` is {shown(value)}; it must be {wanted}.",
        path,
        remedy=f"Write {wanted}.",
        node=node,
    )


_FORMS = {
    "id": "Use letters, digits, `_` and `-`, with a letter or `_` first.",
    "name": "Use lower-case letters and digits with single hyphens between: `my-workflow`.",
}
