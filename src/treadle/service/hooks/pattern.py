"""Addresses of webhooks and forms: `orders/{shop}` and what it fits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pattern:
    """`segments` are what is written; those in braces may be anything."""

    segments: tuple[str, ...]

    @classmethod
    def of(cls, path: str) -> Pattern:
        return cls(tuple(path.strip("/").split("/")))

    @property
    def shape(self) -> tuple[str, ...]:
        """The same for two patterns that fit the same addresses."""
        return tuple("{}" if is_name(segment) else segment for segment in self.segments)

    @property
    def is_fixed(self) -> bool:
        return not any(map(is_name, self.segments))

    def overlaps(self, other: Pattern) -> bool:
        """Whether some address fits both."""
        return len(self.segments) == len(other.segments) and all(
            one == two or is_name(one) or is_name(two) for one, two in zip(self.segments, other.segments, strict=True)
        )

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """What the segments in braces are; None where the address does not fit."""
        if len(segments) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for wanted, given in zip(self.segments, segments, strict=True):
            if is_name(wanted):
                if given in ("", ".", ".."):
                    return None
                found[wanted[1:-1]] = given
            elif wanted != given:
                return None
        return found


def is_name(segment: str) -> bool:
    return segment.startswith("{")
