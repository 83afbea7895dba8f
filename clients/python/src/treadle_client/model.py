"""What every model of the API has in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Model(BaseModel):
    """Something the API takes or gives. What a newer server adds is kept, as an attribute without a type."""

    model_config = ConfigDict(extra="allow", populate_by_name=True, protected_namespaces=())

    _etag: str | None = PrivateAttr(default=None)

    @property
    def etag(self) -> str | None:
        """The state it was read in: `if_match=` of what changes it."""
        return self._etag


class Omitted:
    """An argument that was not given, and is not sent; null is."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "OMITTED"


OMITTED: Any = Omitted()
