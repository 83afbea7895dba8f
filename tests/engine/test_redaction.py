"""Redaction by value: whatever form a secret takes, nothing a run leaves behind holds it, and nothing else changes."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treadle.engine.redaction import BLOT, Redactor, forms_of
from treadle.node import Context, SecretRef, effect, node
from treadle.testing.fake_effect import FakeEffect
from treadle.testing.graphs import chain
from treadle.testing.graphs import node as place
from treadle.testing.harness import Harness

SECRET = 'p@ss/wörd "quoted" \\ 12345'
PRIVATE_KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----\n"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        json.dumps({"inner": json.dumps({"a": SECRET})}),
        SECRET.replace('"', "&quot;"),
        SECRET.encode().hex(),
        repr({"a": SECRET}),
        *(base64.b64encode(b"x" * before + SECRET.encode() + b"tail").decode() for before in range(6)),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_found_in_every_form(form: str) -> None:
    found = Redactor([SECRET]).text(f"before {form} after")

    assert BLOT in found
    assert not any(part in found for part in ("wörd", "w\\u00f6rd", "p%40ss", "quoted"))


def test_each_line_of_a_private_key_is_a_secret() -> None:
    assert Redactor([PRIVATE_KEY]).text("line: MIIEvQIBADANBgkqhkiG9w0B.") == f"line: {BLOT}."
    assert Redactor([PRIVATE_KEY]).text("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_the_password_of_an_address_is_a_secret_of_its_own() -> None:
    assert Redactor(["postgresql://ada:pa%24%24word@db/app"]).text("refused pa$$word") == f"refused {BLOT}"


def test_what_is_short_is_not_looked_for() -> None:
    assert Redactor(["12345", "  abc  ", ""]).text("12345 abc") == "12345 abc"


def test_the_longest_secret_wins() -> None:
    assert Redactor(["secret", "secret-and-more"]).text("a secret-and-more b secret") == f"a {BLOT} b {BLOT}"


class Pair(NamedTuple):
    one: Any
    two: Any


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"a": ["x secret-1 x", 1, None, True]}, {"a": [f"x {BLOT} x", 1, None, True]}),
        ({"secret-1": 1}, {BLOT: 1}),
        ((1, "secret-1"), (1, BLOT)),
        (Pair(1, {"a": "secret-1"}), Pair(1, {"a": BLOT})),
        (b"\xff\x00secret-1", b"\xff\x00" + BLOT.encode()),
        ([b"\xff", "secret-1"], [b"\xff", BLOT]),
        (OrderedDict(a="secret-1"), {"a": BLOT}),
        (
            {"at": datetime(2026, 1, 1, tzinfo=UTC), "b": "secret-1"},
            {"at": datetime(2026, 1, 1, tzinfo=UTC), "b": BLOT},
        ),
        ("secret-1 \ud800", f"{BLOT} \ud800"),
    ],
)
def test_values_keep_their_shape(value: Any, found: Any) -> None:
    assert Redactor(["secret-1"]).value(value) == found


@pytest.mark.parametrize(
    "value", [{"a": [1, 2.5, None], "b": Decimal("1.5")}, [b"\xff"], float("nan"), {1: 2}, {"x": {1, 2}}, "\ud800"]
)
def test_a_value_without_secrets_is_the_very_same(value: Any) -> None:
    assert Redactor(["secret-1"]).value(value) is value


def test_a_value_without_an_end_is_left_to_whoever_keeps_it() -> None:
    endless: list[Any] = ["secret-1"]
    endless.append(endless)

    assert Redactor(["secret-1"]).value(endless) is endless


def test_nothing_is_asked_before_something_is_looked_through() -> None:
    asked: list[int] = []
    redactor = Redactor(known=lambda: asked.append(1) or ["secret-1"])
    before = list(asked)

    redactor.text("a")
    redactor.text("b")

    assert (before, asked) == ([], [1])


@given(secret=st.text(min_size=8, max_size=40), before=st.text(max_size=8), after=st.text(max_size=8))
def test_no_text_around_a_secret_hides_it(secret: str, before: str, after: str) -> None:
    """In JSON, in base64, in a structure: none of its forms is left."""
    redactor = Redactor([secret])
    if not forms_of(secret):
        return
    bare = secret.strip()
    for text in (f"{before}{secret}{after}", json.dumps([before, secret, after])):
        assert bare not in redactor.text(text).replace(BLOT, "\0")
    assert bare not in json.dumps(redactor.value({"a": [f"{before}{secret}"]}), ensure_ascii=False).replace(BLOT, "\0")


# In a run


@effect("echo.key", in_doubt="repeat")
async def echo(ctx: Context, *, key: SecretRef) -> dict[str, str]:
    await ctx.state.set("kept", key, scope="workflow")
    return {"header": f"Bearer {key}"}


@node("shown.key")
def shown(*, key: SecretRef) -> str:
    return f"key {key}"


async def test_what_flows_on_from_an_effect_is_what_the_journal_keeps(harness: Harness) -> None:
    """Also after a crash: the run that goes on sees what the first one saw."""
    harness.secrets["api"] = "secret-of-the-run"
    after = FakeEffect("after")
    run = await harness.start(chain(place(echo, config={"key": "{{ secrets.api }}"}), after), crash_before="after")

    await harness.recover(run)

    entries = repr(await harness.entries(run))
    assert run.status == "completed"
    assert run.outputs()["key"]["output"] == {"header": f"Bearer {BLOT}"}
    assert "secret-of-the-run" not in entries + repr(run.events)


async def test_a_pure_node_that_reads_a_secret_shows_none(harness: Harness) -> None:
    harness.secrets["api"] = "secret-of-the-run"

    run = await harness.run(chain(place(shown, config={"key": "{{ secrets.api }}"})))

    assert run.outputs()["key"] == {"output": f"key {BLOT}"}
    assert "secret-of-the-run" not in repr((await harness.entries(run), run.events))
