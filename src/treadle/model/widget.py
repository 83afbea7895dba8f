"""How an editor is to show a field, where its type alone does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema

WidgetName = Literal["code", "cron", "duration", "long_text", "money", "path", "profile", "timezone"]


@dataclass(frozen=True, slots=True)
class Widget:
    """A mark on a field: `Annotated[str, Widget("long_text")]`.

    It becomes `x-widget` in the field's JSON Schema, and constrains nothing. `language` is that of `code`.
    """

    name: WidgetName
    language: str | None = None

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = {**handler(schema), "x-widget": self.name}
        return found if self.language is None else {**found, "x-language": self.language}
