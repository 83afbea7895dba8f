"""One event of a live stream, and the ids by which a stream is taken up where it was broken off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from pydantic_core import PydanticSerializationError, to_json

from treadle.errors import InvalidWorkflow
from treadle.store.feed import LAST, STEP

LEAST_CAP, DEFAULT_CAP, MOST_CAP = 1024, 8 * 1024, 64 * 1024
"""Bytes of JSON that one value in an event may have."""
_PREVIEW_SHARE = 8
_GROUPS = ("input", "inputs", "config", "outputs", "error")
"""Objects whose members are values, each for itself."""


class Place(NamedTuple):
    """Where an event stands: a row of the feed (`serial`, `place`), or the `number`-th event since that commit that is
    not kept, which comes behind all that is (`place` is `STEP`)."""

    serial: int
    place: int
    number: int = 0

    def __str__(self) -> str:
        return f"{self.serial}+{self.number}" if self.place == STEP else f"{self.serial}.{self.place}"


START = Place(0, -1)
"""Before everything; it has no id."""


def read_place(text: str) -> Place:
    """The place that an event's id names. Raises `InvalidWorkflow` (`bad_event_id`)."""
    parts = text.strip().partition("+") if "+" in text else text.strip().partition(".")
    numbers = [part for part in (parts[0], parts[2]) if part]
    if not numbers or any(not (part.isascii() and part.isdigit() and len(part) <= 18) for part in numbers):
        raise InvalidWorkflow(
            "That is no id of an event.",
            code="bad_event_id",
            remedy="Send the `id` of the last event you had, as it came; or none, to begin anew.",
        )
    serial = int(numbers[0])
    if len(numbers) == 1:
        return Place(serial, LAST)
    return Place(serial, STEP, int(numbers[1])) if parts[1] == "+" else Place(serial, min(int(numbers[1]), LAST))


class LiveEvent:
    """Frozen once made. `type` is `run.started`, `node.completed`, `log` … (all of them: `docs/how-to/watch-runs.md`),
    `path` the node's or ''. Values larger than `MOST_CAP` are cut at once. `size` is how many bytes it has as it is
    sent."""

    __slots__ = (
        "_frames",
        "_whole",
        "at",
        "data",
        "deployment",
        "path",
        "place",
        "run_id",
        "size",
        "told_as",
        "type",
        "workflow",
    )

    def __init__(
        self,
        place: Place,
        type: str,
        at: datetime,
        *,
        run_id: str | None = None,
        workflow: str | None = None,
        deployment: str | None = None,
        path: str = "",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.place = place
        self.type = type
        self.at = at
        self.run_id = run_id
        self.workflow = workflow
        self.deployment = deployment
        self.path = path
        self.told_as = 0
        """The number of an event that is not kept and said the same before; 0: there was none."""
        self.data: Mapping[str, Any] = data or {}
        text = _write(self._shape(self.data))
        if len(text) > MOST_CAP:
            self.data = _cut_all(self.data, MOST_CAP)
            text = _write(self._shape(self.data))
        self._whole = self._framed(text)
        self.size = len(self._whole)
        self._frames: dict[int, bytes] = {}

    @property
    def id(self) -> str:
        return "" if self.place == START else str(self.place)

    def to_dict(self, *, cap: int = MOST_CAP) -> dict[str, Any]:
        """As it is sent: JSON values, the large ones cut."""
        return json.loads(self.frame(cap).partition(b"data: ")[2])

    def frame(self, cap: int) -> bytes:
        """The event as server-sent events have it, each value in it with no more than `cap` bytes. Made once, whoever
        it goes to; so that there are few of them, caps are taken as the power of two below."""
        if self.size <= cap:
            return self._whole
        cap = 1 << (max(cap, LEAST_CAP).bit_length() - 1)
        found = self._frames.get(cap)
        if found is None:
            found = self._frames[cap] = self._framed(_write(self._shape(_cut_all(self.data, cap))))
        return found

    def _framed(self, text: bytes) -> bytes:
        return b"id: %s\ndata: %s\n\n" % (self.id.encode(), text) if self.id else b"data: %s\n\n" % text

    def _shape(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": self.type,
            "run_id": self.run_id,
            "workflow": self.workflow,
            "deployment": self.deployment,
            "at": self.at,
            "path": self.path,
            "data": data,
        }


def _cut_all(data: Mapping[str, Any], cap: int) -> dict[str, Any]:
    cut: dict[str, Any] = {}
    for name, value in data.items():
        if name not in _GROUPS or not isinstance(value, Mapping):
            cut[name] = _cut(value, cap)
            continue
        members = cast("Mapping[str, Any]", value)
        # However many there are.
        cut[name] = _cut(members if _is_cut(members) else _cut_members(members, cap), 4 * cap)
    return cut


def _cut_members(value: Mapping[str, Any], cap: int) -> dict[str, Any]:
    return {name: _cut(member, cap) for name, member in value.items()}


def _is_cut(value: Mapping[str, Any]) -> bool:
    """Whether it stands for what was too long to be read for a stream (see `treadle.store.commit.cut_text`)."""
    return set(value) == {"truncated", "bytes", "preview"}


def _cut(value: Any, cap: int) -> Any:
    """`value`, or what stands for it when it is too large."""
    text = _write(value)
    if len(text) <= cap:
        return value
    if isinstance(value, Mapping) and _is_cut(known := cast("Mapping[str, Any]", value)):
        # What it stands for was cut before; it counts as a value of this size no less.
        return {**known, "preview": str(known["preview"])[: cap // _PREVIEW_SHARE]}
    preview = text[: cap // _PREVIEW_SHARE].decode(errors="ignore")
    return {"truncated": True, "bytes": len(text), "preview": preview}


def _write(value: Any) -> bytes:
    try:
        return to_json(
            value, inf_nan_mode="null", bytes_mode="base64", timedelta_mode="iso8601", serialize_unknown=True
        )
    except (PydanticSerializationError, ValueError, RecursionError):
        # Half a surrogate pair, or something else that JSON in UTF-8 has no word for.
        return json.dumps(value, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    to_list = getattr(value, "tolist", None)  # arrays of numpy
    return to_list() if callable(to_list) else str(value)
