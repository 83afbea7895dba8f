"""Every hostile case is refused or harmless, fast, and within memory."""

from __future__ import annotations

import copy
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.expressions.timing import timed
from treadle.expressions import Expression, ExpressionError, compile_expression, compile_template

PLACE = "TREADLE_CASES"


class HostileObject:
    """A host object that tells when somebody looks into it."""

    touched: list[str] = []  # noqa: RUF012

    def greet(self) -> str:
        self.touched.append("greet")
        return "hi"

    def __getattr__(self, name: str) -> object:
        self.touched.append(name)
        return os if name == "mod" else self

    def __bool__(self) -> bool:
        self.touched.append("__bool__")
        return True

    def __eq__(self, other: object) -> bool:
        self.touched.append("__eq__")
        return True

    __hash__ = object.__hash__

    def __getitem__(self, key: object) -> object:
        self.touched.append("__getitem__")
        return self


def corpus() -> dict[str, Any]:
    """The corpus. Fails loudly when it is not there: a check that was skipped looks like one that passed."""
    file = Path(os.environ.get(PLACE, Path(__file__).parent)) / "hostile-expressions.json"
    if not file.is_file():
        raise FileNotFoundError(f"{file} is missing; set {PLACE} to the folder that holds it")
    return json.loads(file.read_text())


def text_of(case: dict[str, Any], canary: Path) -> str:
    """The expression of a case, with the folder that nothing may be written to."""
    text = case["expr"] if "expr" in case else "".join(part * times for part, times in case["build"])
    if case.get("escaped"):
        text = text.encode().decode("unicode_escape")
    return text.replace("CANARY_DIR", str(canary))


def _field(text: str) -> Expression:
    found = compile_template("{{ " + text + " }}")
    assert found is not None
    return found


def _raw(text: str) -> Expression:
    return compile_template(text) or compile_expression(text)


SURFACES: dict[str, Callable[[str], Expression]] = {
    "expression": compile_expression,
    "template": _field,
    "raw": _raw,
}


def cases() -> list[Any]:
    try:
        return [pytest.param(case, id=case["id"]) for case in corpus()["cases"]]
    except FileNotFoundError:
        return []


def test_the_corpus_is_there() -> None:
    """Without it the cases below would be none, and none of them would fail."""
    found = corpus()

    assert len(found["cases"]) >= 130
    assert len(cases()) == len(found["cases"])


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("case", cases())
def test_a_hostile_case_is_refused_or_harmless(case: dict[str, Any], surface: str, tmp_path: Path) -> None:
    """An ExpressionError or a plain JSON value; no canary, no file, no change, in time and memory."""
    found = corpus()
    (tmp_path / "canary.txt").write_text("CANARY-FILE-51aa")
    scope = copy.deepcopy(found["context"])
    before = copy.deepcopy(scope)
    HostileObject.touched.clear()
    if case.get("needs") == "obj":
        scope["obj"] = HostileObject()
    text = text_of(case, tmp_path)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def evaluate() -> tuple[Any, ExpressionError | None]:
        try:
            return SURFACES[surface](text).evaluate(scope), None
        except ExpressionError as refusal:
            return None, refusal

    (value, error), took = timed(evaluate, enough=found["limits"]["max_ms"] / 1000)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024
    scope.pop("obj", None)
    assert took * 1000 <= found["limits"]["max_ms"]
    assert grown <= found["limits"]["max_extra_rss_mb"]
    assert scope == before
    assert [file.name for file in tmp_path.iterdir()] == ["canary.txt"]
    assert HostileObject.touched == []
    assert "CANARY-" not in json.dumps(value) + str(error) + repr(error and error.to_dict())
    assert error is not None or case["expected"] != "reject"
    if error is not None:
        assert error.code not in ("expression_error", "error")


@pytest.mark.parametrize(
    "source",
    [
        "obj", "[obj]", "{a: obj}", "obj.greet", "obj[0]", "obj['mod']", "obj?.mod", "obj == obj",
        "obj == 1", "1 < obj", "obj + obj", "-obj", "!obj", "obj && 1", "1 && obj", "obj || 1",
        "obj ? 1 : 2", "obj in [1]", "1 in obj", "[obj] == [1]", "text(obj)", "json([obj])", "len(obj)",
        "map(obj, x => 1)", "unique([obj])", "sort([obj, obj])", "bool(obj)", "obj ?? 1", "obj[0:1]",
        "map([obj], x => x.mod)", "group_by([obj], x => x)", "int(obj)", "upper(obj)", "format_date(obj)",
        "obj[obj]", "{a: 1}[obj]", "obj.length", "max(obj, 1)", "join([obj])", "base64(obj)",
        "get(obj, 'mod')", "has(obj, 'a')", "contains(obj, 'a')", "[[obj]] == [[1]]", "[obj] < [1]",
        "add_duration(obj, 1)", "round(1, obj)", "any([obj])",
    ],
)  # fmt: skip
def test_a_host_object_is_never_looked_into(source: str) -> None:
    """Whatever is done with it, none of its methods runs, and it never leaves."""
    scope = {"obj": HostileObject()}
    HostileObject.touched.clear()

    with pytest.raises(ExpressionError):
        compile_expression(source).evaluate(scope)

    assert HostileObject.touched == []


def test_a_value_is_never_read_as_a_template() -> None:
    """What looks like an expression inside a value stays text."""
    scope = {"evil": "{{ env.API_KEY }}", "env": {"API_KEY": "CANARY"}}

    assert _field("evil").evaluate(scope) == "{{ env.API_KEY }}"
    assert _raw("say {{ evil }}").evaluate(scope) == "say {{ env.API_KEY }}"
