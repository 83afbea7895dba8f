"""A report as one page of HTML, in light and dark, for screens and for printing. It fetches nothing from anywhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from typing import Any

from treadle.service.reporting.charts import Drawn, draw, draw_columns, shade
from treadle.service.reporting.frame import Chart, Columns, Figure, Heat, Report, Section
from treadle.service.reporting.shown import show_difference, show_value

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a page may do (CSP): show itself, and nothing more."""


_CODE = re.compile("`([^`]+)`")
_FEW = 8
"""Columns that are told by name, one below the other."""


def write_page(report: Report) -> str:
    import jinja2
    from markupsafe import escape

    page = (files(__package__ or "") / "frame.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = show_value
    environment.filters["marked"] = lambda text: type(escape(""))(_CODE.sub(r"<code>\1</code>", str(escape(text))))
    drawn = [_drawn(section) for section in report.sections]
    return environment.from_string(page).render(
        report=report,
        policy=POLICY,
        few=_FEW,
        groups=_groups(report),
        # The same for all: what happened at one time is below one another.
        letters=max((one.gutter for one in drawn if isinstance(one, Drawn)), default=0),
        sections=[
            (type(section).__name__, f"section-{number}", section, drawn[number])
            for number, section in enumerate(report.sections)
        ],
    )


def _drawn(section: Section) -> Any:
    if isinstance(section, Chart):
        return draw(section)
    if isinstance(section, Columns):
        return draw_columns(section)
    return shade(section) if isinstance(section, Heat) else None


def _groups(report: Report) -> Sequence[tuple[str, list[tuple[Figure, list[str], str]]]]:
    """The figures by heading: each with its values as they are shown, and the difference of two."""
    return [
        (group, [(figure, _values(figure), _difference(figure)) for figure in found])
        for group, found in groupby(report.figures, key=lambda figure: figure.group)
    ]


def _values(figure: Figure) -> list[str]:
    return [show_value(value, figure.kind, figure.unit) for value in figure.values]


def _difference(figure: Figure) -> str:
    if len(figure.values) != 2:
        return ""
    return show_difference(*figure.values, figure.kind, figure.unit)
