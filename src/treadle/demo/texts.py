"""Texts the demo's agents work on, and how they work: by counting words, without a model."""

from __future__ import annotations

import re
from collections import Counter

_COMMON_WORDS = (
    "a about after again all also an and any are as at be because been before between both but by can "
    "could did do does each else even every few first for from had has have he her his how if in into is "
    "it its just less like made many may more most much must near nearly no nor not now of off often on "
    "once one only or other our out over own same she so some still such than that the their them then "
    "there these they this those through to too two under until up upon us use used very was we were what "
    "when where which while who whose why will with without would yet you "
)
_COMMON = frozenset(_COMMON_WORDS.split())
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")

ARTICLES: dict[str, str] = {
    "tides": (
        "Tides are the slow rise and fall of the sea along the shore. The moon pulls the water on the near side of "
        "the earth more strongly than the earth itself, and the earth more strongly than the water on the far side, "
        "so the sea stands a little higher on both sides. As the earth turns under these two bulges, most shores see "
        "two high tides and two low tides in a little more than a day. The sun pulls too, at less than half the "
        "strength of the moon. When sun and moon pull in one line the tides are strongest and are called spring "
        "tides; when they pull at right angles the tides are weakest and are called neap tides. The shape of a bay "
        "can make the tides far larger than in the open sea."
    ),
    "coffee": (
        "Coffee is brewed from the roasted seeds of a small tree. The seeds are green and smell of little until they "
        "are roasted. Roasting browns the sugars of the seeds and makes most of what coffee smells and tastes of. "
        "Grinding the roasted seeds finely lets the water reach more of them, so a fine grind needs less time. Water "
        "that is too hot draws bitter parts out of the coffee, and water that is too cool leaves the coffee sour."
    ),
    "bridges": (
        "Bridges carry a road over a gap, and differ in where they bear the weight. A beam bridge rests on supports "
        "at both ends, and its upper side is pressed while its lower side is pulled. An arch bridge turns the weight "
        "into pressure along its curve, which suits stone, for stone bears pressure well. A suspension bridge hangs "
        "its road from cables, which only ever pull, and so suspension bridges span the widest gaps. Wind matters as "
        "much as weight for long bridges, because wind can set a light road swinging."
    ),
    "bees": (
        "Bees live on nectar and pollen and visit flowers for both. A honey bee that has found good flowers dances "
        "on the comb, and the dance tells the other bees how far the flowers are and in which direction from the sun. "
        "Most kinds of bees live alone."
    ),
    "lighthouses": (
        "Lighthouses show ships where they are at night. Each lighthouse flashes in a rhythm of its own, so that a "
        "sailor who counts the seconds between flashes can look the lighthouse up. A lens of many glass rings, each "
        "bending the light a little, throws the light of a small lamp far out to sea. Before electric light, keepers "
        "lived in the lighthouse and trimmed the lamp all night. Today most lighthouses run without keepers, and "
        "satellites have taken over much of the work of lighthouses, yet the light still serves when all else fails."
    ),
    "bread": (
        "Bread rises because yeast turns sugar into gas. Kneading the dough joins the proteins of the flour into a "
        "net that holds the gas. Heat fixes the net, and the bread keeps its shape."
    ),
}


def find_keywords(text: str, *, number: int = 5) -> list[str]:
    """The words that occur most often, common ones left out; the earlier of two equally frequent ones first."""
    return [word for word, _ in _counts(text).most_common(max(number, 0))]


def summarise(text: str, *, sentences: int = 2) -> str:
    """The sentences whose words are the most frequent ones of the text, in the order of the text."""
    every = [sentence for sentence in _SENTENCE.split(text.strip()) if sentence]
    counts = _counts(text)

    def weight(sentence: str) -> float:
        words = [word for word in _WORD.findall(sentence.lower()) if word not in _COMMON]
        # By the square root of its length: neither the longest nor the shortest sentence wins by that alone.
        return sum(counts[word] for word in words) / (len(words) or 1) ** 0.5

    ranked = sorted(range(len(every)), key=lambda at: (-weight(every[at]), at))
    return " ".join(every[at] for at in sorted(ranked[: max(sentences, 1)]))


def _counts(text: str) -> Counter[str]:
    return Counter(word for word in _WORD.findall(text.lower()) if word not in _COMMON and len(word) > 2)
