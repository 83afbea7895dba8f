"""parse and format: every format read and written, and what a hostile text cannot do."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.packs.binding import output
from treadle.node import NodeError
from treadle.packs.data.format import format_value
from treadle.packs.data.parse import parse_text


def parse(format: str, value: Any, **config: Any) -> Any:
    return output(parse_text, {"format": format, **config}, value=value)


def write(format: str, value: Any, **config: Any) -> Any:
    return output(format_value, {"format": format, **config}, value=value)


scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
words = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
values = st.recursive(
    scalars | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


class TestJson:
    @given(values)
    def test_what_is_written_is_read_back(self, value: Any) -> None:
        assert parse("json", write("json", value)) == value

    @pytest.mark.parametrize("text", ["{", "NaN", "[1,]", "", "[" * 100_000, "{'a': 1}"])
    def test_text_that_is_not_json_is_refused(self, text: str) -> None:
        with pytest.raises(NodeError, match="not JSON") as caught:
            parse("json", text)

        assert (caught.value.code, caught.value.retryable) == ("unreadable", False)

    def test_kinds_that_json_lacks_have_a_form(self) -> None:
        value = {
            "at": datetime(2024, 5, 1, tzinfo=UTC), "day": date(2024, 5, 1), "for": timedelta(seconds=90),
            "raw": b"hi", "price": Decimal("0.10"), "whole": Decimal(5),
            "long": Decimal("0.12345678901234567890123"),
        }  # fmt: skip

        assert parse("json", write("json", value)) == {
            "at": "2024-05-01T00:00:00+00:00", "day": "2024-05-01", "for": 90.0,
            "raw": "aGk=", "price": 0.1, "whole": 5, "long": "0.12345678901234567890123",
        }  # fmt: skip

    @pytest.mark.parametrize("value", [float("nan"), [float("inf")], {"a": Decimal("NaN")}])
    def test_nan_is_not_written(self, value: Any) -> None:
        with pytest.raises(NodeError, match="which JSON has no form for"):
            write("json", value)


class TestCsv:
    def test_without_types_every_field_is_text(self) -> None:
        assert parse("csv", "a,b\n1,\n") == [{"a": "1", "b": ""}]

    def test_types_are_read_and_empty_is_null(self) -> None:
        types = {"n": "integer", "p": "decimal", "ok": "boolean", "at": "date", "x": "json"}
        text = 'n,p,ok,at,x\n1,0.10,yes,2024-05-01,"{""a"": 1}"\n,,,,\n'

        rows = parse("csv", text, types=types)

        assert rows == [
            {"n": 1, "p": Decimal("0.10"), "ok": True, "at": datetime(2024, 5, 1, tzinfo=UTC), "x": {"a": 1}},
            {"n": None, "p": None, "ok": None, "at": None, "x": None},
        ]

    def test_auto_guesses_each_column_and_keeps_leading_zeros(self) -> None:
        text = "id,price,ok,day,name\n007,1.5,true,2024-05-01,x\n010,2,false,2024-05-02,1\n"

        [first, _] = parse("csv", text, types="auto")

        assert first == {
            "id": "007", "price": 1.5, "ok": True, "day": datetime(2024, 5, 1, tzinfo=UTC), "name": "x",
        }  # fmt: skip

    def test_a_field_that_does_not_fit_names_row_and_column(self) -> None:
        with pytest.raises(NodeError, match="row 2, column `price`: 'cheap' is not a number") as caught:
            parse("csv", "price\n1\ncheap\n", types={"price": "number"})

        assert (caught.value.attributes["row"], caught.value.attributes["column"]) == (2, "price")

    def test_a_row_with_too_many_fields_is_named(self) -> None:
        with pytest.raises(NodeError, match="row 1 has 3 fields and the header 2"):
            parse("csv", "a,b\n1,2,3\n")

    def test_a_column_that_is_not_there_is_named(self) -> None:
        with pytest.raises(NodeError, match="no column `c`; its columns are a, b"):
            parse("csv", "a,b\n1,2\n", types={"c": "number"})

    def test_columns_of_the_same_name_are_told_apart(self) -> None:
        assert parse("csv", "a,a,\n1,2,3\n") == [{"a": "1", "a_2": "2", "column_3": "3"}]

    def test_a_byte_order_mark_and_another_delimiter_are_read(self) -> None:
        assert parse("csv", b"\xef\xbb\xbfa;b\r\n1;2\r\n", delimiter=";") == [{"a": "1", "b": "2"}]

    def test_without_a_header_a_row_is_a_list(self) -> None:
        assert parse("csv", "1,2\n3,4\n", header=False) == [["1", "2"], ["3", "4"]]

    @given(st.lists(st.fixed_dictionaries({"a": words.filter(bool), "b": words}), min_size=1, max_size=5))
    def test_what_is_written_is_read_back(self, rows: list[dict[str, str]]) -> None:
        assert parse("csv", write("csv", rows)) == rows

    def test_chosen_columns_are_written_in_their_order(self) -> None:
        assert write("csv", [{"a": 1, "b": [2], "c": 3}], columns=["b", "a"]) == "b,a\r\n[2],1\r\n"

    def test_a_row_that_is_no_row_is_named(self) -> None:
        with pytest.raises(NodeError, match=r"row 2 is a number \(3\)"):
            write("csv", [{"a": 1}, 3])


class TestYaml:
    @given(values)
    def test_what_is_written_is_read_back(self, value: Any) -> None:
        assert parse("yaml", write("yaml", value)) == value

    def test_keys_become_text_and_times_aware(self) -> None:
        found = parse("yaml", "1: 2024-05-01 10:00:00\nfalse: x\n")

        assert found == {"1": datetime(2024, 5, 1, 10, tzinfo=UTC), "false": "x"}

    def test_a_mistake_has_its_line(self) -> None:
        with pytest.raises(NodeError, match="line 3, column 1") as caught:
            parse("yaml", "a: 1\nb: [\n")

        assert caught.value.code == "unreadable"

    @pytest.mark.parametrize(
        "text",
        [
            "!!python/object/apply:os.system ['echo hi']",
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in pairwise("abcdefghi")),
            "&a [*a]",
            "[" * 5_000,
            "- " * 5_000 + "x",
            "&a {x: *a}",
            "a: 1\n---\nb: 2\n",
            "\t",
        ],
        ids=["object", "laughs", "self", "deep flow", "deep block", "self object", "two documents", "tab"],
    )  # fmt: skip
    def test_a_hostile_text_is_refused_at_once(self, text: str) -> None:
        start = time.monotonic()

        with pytest.raises(NodeError):
            parse("yaml", text)

        assert time.monotonic() - start < 5


class TestXml:
    def test_elements_attributes_and_text_have_their_places(self) -> None:
        text = '<?xml version="1.0"?><o id="1"><line n="2">a<b/></line><line>c</line><e/></o>'

        assert parse("xml", text) == {"o": {"@id": "1", "line": [{"@n": "2", "b": None, "#text": "a"}, "c"], "e": None}}

    def test_named_elements_are_lists_even_alone(self) -> None:
        assert parse("xml", "<o><line>c</line></o>", lists=["line"]) == {"o": {"line": ["c"]}}

    def test_what_is_written_is_read_back(self) -> None:
        value = {"o": {"@id": '"1"&', "line": ["a<b", "c"], "inner": {"x": "ü"}, "none": None}}

        assert parse("xml", write("xml", value)) == value

    def test_bytes_are_read_in_the_encoding_they_declare(self) -> None:
        text = '<?xml version="1.0" encoding="utf-16"?><o>é</o>'

        assert parse("xml", text.encode("utf-16")) == {"o": "é"}

    @pytest.mark.parametrize(
        "text",
        [
            '<!DOCTYPE o [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><o>&b;</o>',
            '<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/hostname">]><o>&x;</o>',
            '<!DOCTYPE o [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><o/>',
            '<!DOCTYPE o [<!ENTITY a "x">]><o b="&a;"/>',
            '<!DOCTYPE o [<!ENTITY a "x">]><o/>'.encode("utf-16"),
            "<o>&undefined;</o>",
            "<a>" * 5_000,
            "<a><b></a>",
            "",
        ],
    )
    def test_entities_and_hostile_texts_are_refused(self, text: str | bytes) -> None:
        with pytest.raises(NodeError) as caught:
            parse("xml", text)

        assert caught.value.code == "unreadable"

    @pytest.mark.parametrize(
        "value", [{"a b": 1}, {"a": {"@x y": 1}}, {"a": "\x00"}, {"a": 1, "b": 2}, [1], {"a": [1]}]
    )
    def test_a_value_that_is_no_element_is_refused(self, value: Any) -> None:
        with pytest.raises(NodeError, match="cannot be written as XML"):
            write("xml", value)


PAGE = """<html><body><table><tr><td>first</table>
<table><thead><tr><th>Name<th>Price<th>Price</thead>
<tr><td rowspan=2>bolt<td>1<td>2<tr><td colspan=2>3 <b>€</b><br>each<script>x()</script>
<tr><td>nut<table><tr><td>inner</table></table>"""


class TestHtmlTable:
    def test_rows_are_objects_and_spans_are_filled(self) -> None:
        assert parse("html_table", PAGE, table=1) == [
            {"Name": "bolt", "Price": "1", "Price_2": "2"},
            {"Name": "bolt", "Price": "3 € each", "Price_2": "3 € each"},
            {"Name": "nut", "Price": "", "Price_2": ""},
        ]

    def test_without_a_header_rows_are_lists(self) -> None:
        assert parse("html_table", PAGE, header=False) == [["first"]]

    def test_a_table_that_is_not_there_is_counted(self) -> None:
        with pytest.raises(NodeError, match="it has 3 tables and no table 7"):
            parse("html_table", PAGE, table=7)

    def test_a_bomb_of_spans_is_refused(self) -> None:
        text = "<table>" + "<tr>" + '<td colspan="100000">x' * 5_000 + "</table>"

        with pytest.raises(NodeError, match="more than 1,000,000 cells"):
            parse("html_table", text)

    def test_written_texts_are_escaped(self) -> None:
        found = write("html_table", [{"<a>": "<script>&"}])

        assert "<script>" not in found
        assert parse("html_table", found) == [{"<a>": "<script>&"}]


class TestDate:
    @pytest.mark.parametrize(
        ("value", "config"),
        [
            ("2024-05-01T10:30:00Z", {}),
            ("2024-05-01T12:30:00+02:00", {}),
            ("2024-05-01 12:30", {"timezone": "Europe/Oslo"}),
            ("01.05.2024 10:30", {"pattern": "%d.%m.%Y %H:%M"}),
            (1714559400, {}),
            (datetime(2024, 5, 1, 10, 30, tzinfo=UTC), {}),
        ],
    )
    def test_a_moment_is_aware_utc(self, value: Any, config: dict[str, Any]) -> None:
        found = parse("date", value, **config)

        assert found == datetime(2024, 5, 1, 10, 30, tzinfo=UTC)
        assert found.tzinfo is UTC

    def test_a_moment_is_written_in_its_zone(self) -> None:
        at = datetime(2024, 5, 1, 10, 30, tzinfo=UTC)

        assert write("date", at, timezone="Europe/Oslo", pattern="%d.%m.%Y %H:%M") == "01.05.2024 12:30"

    @pytest.mark.parametrize("value", ["soon", True, None, 1e30, [1]])
    def test_what_is_no_date_is_refused(self, value: Any) -> None:
        with pytest.raises(NodeError):
            parse("date", value)

    def test_a_zone_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(NodeError, match="no time zone `Mars/Base`"):
            parse("date", "2024-05-01", timezone="Mars/Base")


@given(st.sampled_from(["json", "csv", "yaml", "xml", "html_table", "date"]), st.text() | st.binary() | values)
def test_whatever_comes_a_format_reads_it_or_says_why_not(format: str, value: Any) -> None:
    outcome = "read"

    try:
        parse_text(value, format=format)
    except NodeError as error:
        outcome = error.code

    assert outcome in ("read", "unreadable", "unwritable")
