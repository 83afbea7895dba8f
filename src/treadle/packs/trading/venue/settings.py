"""Reading what a venue is set to: everything that is wrong is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from treadle.model.nearest import suggest
from treadle.packs.trading.venue.refusal import refusal

Settings = TypeVar("Settings", bound=BaseModel)


def check_settings(kind: type[Settings], given: Mapping[str, Any], *, venue: str) -> Settings:
    """Raises `NodeError` (`invalid_settings`) that names everything that is wrong."""
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        faults = [_fault(kind, item) for item in error.errors(include_url=False, include_input=False)]
    raise refusal(
        "invalid_settings",
        f"The settings of `{venue}` cannot be used: {'; '.join(faults)}.",
        remedy="Correct them in the `settings` of `market.provider`.",
        faults=faults,
    )


def _fault(kind: type[BaseModel], item: Any) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return f"there is no `{where}` ({suggest(where, list(kind.model_fields), 'leave it out')})"
    return f"`{where}`: {item['msg']}"


def required(fields: Mapping[str, bool], given: Mapping[str, str], *, venue: str) -> None:
    """Raises `NodeError` (`credentials_refused`) that names every field of the profile that is missing."""
    missing = [name for name, needed in fields.items() if needed and not given.get(name)]
    if missing:
        raise refusal(
            "credentials_refused",
            f"`{venue}` needs {', '.join(f'`{name}`' for name in missing)}, and the profile has not.",
            remedy=f"Set the fields in a profile of the provider `{venue}`, and bind it to the deployment.",
            missing=missing,
        )
