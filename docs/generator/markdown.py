"""Pieces of Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

import yaml

GENERATED = "<!-- Written by `python -m docs` from the declarations in the program. Change those, not this page. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells may hold Markdown but no line ends."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row([cell(text) for text in row]) for row in rows)]
    return "\n".join(lines)


def cell(text: str) -> str:
    """`text` in one line, with bars escaped."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def code(text: str) -> str:
    """`text` as inline code."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def as_yaml(value: Any) -> str:
    """`value` as the files write it: block style outside, flow style for what is short."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None)


class _Dumper(yaml.SafeDumper):
    """No anchors, and text with line ends as a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value and value.strip() else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(tuple, lambda dumper, value: dumper.represent_list(list(value)))


def prose(text: str) -> str:
    """A docstring as paragraphs: line ends inside a paragraph become spaces, lists and indented code stay."""
    parts: list[str] = []
    for paragraph in re.split(r"\n(?:[ ]*\n)+", text.strip("\n")):
        if paragraph.startswith("    "):
            parts.append(block("text", inspect.cleandoc(paragraph)))
        elif re.match(r"[-*] ", paragraph):
            items = re.split(r"\n(?=[-*] )", paragraph)
            parts.append("\n".join(re.sub(r"\s+", " ", item).strip() for item in items))
        else:
            parts.append(re.sub(r"\s+", " ", paragraph).strip())
    return "\n\n".join(parts)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
