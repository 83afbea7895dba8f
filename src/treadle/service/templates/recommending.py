"""Recommending templates: by what is asked for, what has worked, and what others use; and saying why."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from treadle.service.templates.standing import Statistics
from treadle.service.templates.template import Difficulty, Template

_WORD = re.compile(r"[^\W_]+")
_SHARES = {"about": 0.55, "success": 0.25, "use": 0.12, "rating": 0.08}
"""What each part counts for. They add up to one."""
_IN_TITLE, _IN_TAGS, _IN_TEXT = 1.0, 1.0, 0.5
_COMMON = frozenset(
    {"a", "an", "and", "are", "at", "be", "by", "for", "from", "have", "i", "in", "is", "it", "me", "my", "of", "on"}
    | {"or", "our", "that", "the", "then", "this", "to", "us", "want", "we", "when", "which", "with", "you", "your"}
)
_SHORTEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Context:
    """What somebody is looking for: in their words (industry, goal, systems), and as tags, category and difficulty."""

    about: str = ""
    tags: Collection[str] = ()
    category: str | None = None
    difficulty: Difficulty | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.about.strip() or self.tags or self.category or self.difficulty)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """`score` is from 0 to 1 and means something only beside other scores. `reasons` are sentences."""

    template: Template
    statistics: Statistics
    score: float
    reasons: Sequence[str]


def recommend(
    templates: Iterable[tuple[Template, Statistics]], context: Context, *, limit: int
) -> list[Recommendation]:
    """The best first. What has nothing to do with what was asked for is left out."""
    known = list(templates)
    most = max((statistics.uses for _, statistics in known), default=0)
    found: list[Recommendation] = []
    for template, statistics in known:
        about, reasons = _about(template, context)
        if about == 0 and not context.is_empty:
            continue
        score = _SHARES["about"] * about
        bound = statistics.success_at_least
        if bound is not None:
            score += _SHARES["success"] * bound
            judged = statistics.completed + statistics.failed
            reasons.append(
                f"{statistics.completed} of {judged} runs completed: {math.floor(100 * bound)} % or more succeed,"
                " with 95 % confidence."
            )
        if statistics.uses:
            score += _SHARES["use"] * math.log1p(statistics.uses) / math.log1p(most)
            reasons.append(f"Used {statistics.uses} time{'s' if statistics.uses != 1 else ''} here.")
        if statistics.rating is not None:
            # A single five is worth less than many: two neutral ratings are added.
            mean = (statistics.rating * statistics.ratings + 2 * 3) / (statistics.ratings + 2)
            score += _SHARES["rating"] * (mean - 1) / 4
            by = f"{statistics.ratings} user{'s' if statistics.ratings != 1 else ''}"
            reasons.append(f"Rated {statistics.rating:.1f} of 5 by {by}.")
        found.append(Recommendation(template, statistics, round(score, 6), tuple(reasons or ["Nothing is known yet."])))
    found.sort(key=lambda one: (-one.score, one.template.name))
    return found[:limit]


def _about(template: Template, context: Context) -> tuple[float, list[str]]:
    """(how well it fits what was asked for, from 0 to 1; why)."""
    parts: list[float] = []
    reasons: list[str] = []
    wanted = [word for word in dict.fromkeys(_words(context.about)) if word not in _COMMON]
    if wanted:
        fields = (
            (_IN_TITLE, set(_words(f"{template.name} {template.title}"))),
            (_IN_TAGS, set(_words(" ".join([*template.tags, template.category])))),
            (_IN_TEXT, set(_words(template.description))),
        )
        marks = {word: max((share for share, words in fields if _has(word, words)), default=0.0) for word in wanted}
        met = [word for word, mark in marks.items() if mark]
        parts.append(sum(marks.values()) / len(wanted))
        if met:
            reasons.append(f"It is about {_listed(met)}.")
    if context.tags:
        same = [tag for tag in context.tags if tag.lower() in {one.lower() for one in template.tags}]
        parts.append(len(same) / len(context.tags))
        if same:
            reasons.append(f"It is tagged {_listed(same)}.")
    if context.category is not None:
        parts.append(1.0 if context.category == template.category else 0.0)
        if parts[-1]:
            reasons.append(f"It is of the category `{template.category}`.")
    fit = sum(parts) / len(parts) if parts else 0.0
    if context.difficulty is not None:
        if context.difficulty == template.difficulty:
            reasons.append(f"It is for the {template.difficulty}.")
        elif parts:
            fit *= 0.75
        if not parts:
            fit = 1.0 if context.difficulty == template.difficulty else 0.0
    return fit, reasons


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _has(word: str, words: Collection[str]) -> bool:
    """Whether it is among them, in whatever form: `approve` and `approval`, `alert` and `alerts`."""
    if word in words:
        return True
    stem = max(_SHORTEST_STEM, len(word) - 2)
    return len(word) >= _SHORTEST_STEM and any(len(one) >= stem and one[:stem] == word[:stem] for one in words)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words[:8])
