"""The frame of reports: one page that fetches nothing, and the same figures as data."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from treadle.service.reporting.frame import (
    Band,
    Chart,
    Column,
    Columns,
    Figure,
    Finding,
    Fold,
    Folds,
    Heat,
    Line,
    Marks,
    Prose,
    Report,
    Section,
    Table,
)
from treadle.service.reporting.page import write_page
from treadle.service.reporting.shown import show_difference, show_value

SECTIONS: tuple[Section, ...] = (
    Chart("Equity", (Line("the workflow", [1.0, None, 3.0, 2.0]),), (Band("five to 95", [0, 1], [2, 3]),), ends="June"),
    Columns("Profits", [("lost", -2.0), ("won", 3.0)]),
    Heat("Sweep", ("fast", ["1", "2"]), ("slow", ["8"]), [[0.5, None]], best=(0, 0)),
    Table("Trades", (Column("Symbol"), Column("Profit", "money", is_signed=True)), [["BTC", 2.5], ["ETH", -1]]),
    Folds("Runs that differ", [Fold("run-1", "different", ["output: 1 → <2>"])]),
    Prose("Costs", ["Fees only."]),
)


def report(*sections: Section, **more: object) -> Report:
    given: dict[str, object] = {
        "kind": "backtest",
        "title": "bot <one>",
        "about": "100 bars",
        "figures": (Figure("return", "Return", (0.1234,), "share"),),
        "findings": (Finding("no_fees", "No fees & no costs."),),
        **more,
    }
    return Report(sections=sections, **given)  # type: ignore[arg-type]


class Reader(HTMLParser):
    """Whether all that is opened is closed, and what attributes there are."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in ("meta", "link", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("columns", [(), ("before", "after"), ("a", "b", "c")])
def test_a_page_is_whole_and_fetches_nothing(columns: tuple[str, ...]) -> None:
    figures = (Figure("return", "Return", tuple(0.1 for _ in columns) or (0.1,), "share", group="Money"),)

    page = write_page(report(*SECTIONS, figures=figures, columns=columns))

    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    assert not re.search(r"https?://|<script|@import|url\(", page)
    assert {name for name, _ in reader.attributes}.isdisjoint({"src", "href", "onload", "onclick"})


def test_what_is_written_in_it_is_text_and_no_markup() -> None:
    page = write_page(report(*SECTIONS))

    assert "bot &lt;one&gt;" in page
    assert "output: 1 → &lt;2&gt;" in page
    assert "No fees &amp; no costs." in page


def test_what_is_quoted_is_code_and_no_markup() -> None:
    page = write_page(report(findings=(Finding("one", "`<b>` has failed."),)))

    assert "<code>&lt;b&gt;</code> has failed." in page


def test_a_few_columns_are_told_by_name_and_many_are_drawn() -> None:
    few = Columns("Few", [("lost", -2.0), ("won", 4.0)])
    many = Columns("Many", [(str(at), float(at - 5)) for at in range(12)])

    page = write_page(report(few, many))

    assert '<span>lost</span><i style="width: 50.0%" class=below></i><span>−2' in page.replace("-2", "−2")
    assert page.count("<rect") == 12


def test_figures_side_by_side_have_their_difference() -> None:
    figures = (Figure("runs", "Runs", (12, 9), "count"), Figure("rate", "Rate", (0.5, 0.75), "part"))

    page = write_page(report(figures=figures, columns=("before", "after")))

    assert "<td>12</td><td>9</td><td>−3</td>" in page
    assert "<td>50.00%</td><td>75.00%</td><td>+25.00%</td>" in page


def test_figures_and_warnings_are_the_same_as_data() -> None:
    figures = (Figure("runs", "Runs", (12, 9)),)

    told = report(figures=figures, columns=("before", "after")).to_dict()

    assert told == {
        "figures": [{"name": "runs", "before": 12, "after": 9}],
        "warnings": [{"code": "no_fees", "message": "No fees & no costs.", "severity": "warning"}],
    }


def test_a_curve_has_a_gap_where_nothing_is_known() -> None:
    page = write_page(report(Chart("Price", (Line("price", [1.0, 2.0, None, 1.0]),), height=100)))

    assert 'd="M0.0,100.0L320.0,0.0M960.0,100.0"' in page


def test_points_lie_on_the_chart_they_are_of() -> None:
    marks = Marks("bought", [(0, 1.0), (3, 9.0)], "good")

    page = write_page(report(Chart("Price", (Line("price", [1.0, 2.0, 1.5, 1.0]),), marks=(marks,), height=100)))

    assert 'class="point good" d="M0.0,100.0h0M960.0,0.0h0"' in page


def test_points_stretch_the_chart_and_are_never_moved_to_fit_it() -> None:
    chart = Chart("Price", (Line("price", [1.0, 2.0]),), marks=(Marks("bought", [(1, 3.0)]),), height=100)

    page = write_page(report(chart))

    assert 'class="line own" d="M0.0,100.0L960.0,50.0"' in page
    assert 'class="point own" d="M960.0,0.0h0"' in page


def test_what_has_times_lies_where_they_are() -> None:
    line, marks = Line("price", [1.0, 2.0, 1.0]), Marks("bought", [(250.0, 2.0), (999.0, 1.0)])
    chart = Chart("Price", (line,), marks=(marks,), height=100, times=[100, 200, 500], span=(0, 500))

    page = write_page(report(chart))

    assert 'd="M192.0,100.0L384.0,0.0L960.0,100.0"' in page
    assert 'class="point own" d="M480.0,0.0h0"' in page  # the other is beyond what is shown


def test_the_letters_beside_charts_have_the_same_room_everywhere() -> None:
    charts = [Chart("Small", (Line("a", [1.0, 2.0]),)), Chart("Large", (Line("b", [10_000.0, 90_000.0]),))]

    page = write_page(report(*charts))

    assert page.count('style="--letters: 9"') == 2  # 80,000.00


def test_a_few_columns_may_be_parts_of_a_whole() -> None:
    page = write_page(report(Columns("Runs", [("same", 1), ("different", 1)], kind="count", whole=2)))

    assert page.count("width: 50.0%") == 2


def test_curves_of_nothing_and_of_one_value_are_drawn() -> None:
    page = write_page(report(Chart("None", (Line("nothing", []),)), Chart("Flat", (Line("flat", [5.0, 5.0]),))))

    assert page.count("<svg") == 2


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (None, "money", "–"),
        (float("nan"), "number", "–"),
        (0.1234, "share", "+12.34%"),
        (1234567, "count", "1,234,567"),
        (0.00001234, "money", "0.00001234"),
        (0.5, "seconds", "500 ms"),
        (7200.0, "seconds", "2.0 h"),
        ("text", "number", "text"),
    ],
)
def test_values_are_shown_to_be_read(value: object, kind: str, shown: str) -> None:
    assert show_value(value, kind) == shown  # type: ignore[arg-type]


def test_there_is_no_difference_of_what_is_no_number() -> None:
    assert show_difference(None, 3) == ""
    assert show_difference("a", "b") == ""
    assert show_difference(2.5, 2.5) == "0"
