"""Group `expressions`: compiled once, evaluated often."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.row import Row
from benchmarks.sampling import per_call
from treadle.expressions import compile_expression, compile_template

SCOPE = {
    "a": {"b": {"c": 812.5}},
    "x": "y",
    "name": "Ada",
    "items": [{"price": at * 1.5, "size": at} for at in range(100)],
}


def measure(scale: float) -> Iterator[Row]:
    times = max(10, int(20_000 * scale))
    condition = compile_expression('a.b.c * 1.01 > 500 && x == "y"')
    template = compile_template("Dear {{ name }}, your order of {{ a.b.c }} is on its way.")
    mapped = compile_expression("items | map(i => i.price * i.size)")
    wanted = [at * 1.5 * at for at in range(100)]
    if template is None or condition.evaluate(SCOPE) is not True or mapped.evaluate(SCOPE) != wanted:
        raise RuntimeError("The expressions do not come to what they should.")
    seconds = per_call(lambda: condition.evaluate(SCOPE), times=times)
    yield Row("expression_condition", seconds * 1e9, "ns", "lower", must=1500)
    yield Row("expression_template", per_call(lambda: template.evaluate(SCOPE), times=times) * 1e9, "ns", "lower")
    seconds = per_call(lambda: mapped.evaluate(SCOPE), times=max(2, times // 50))
    yield Row("expression_lambda_over_100_items", seconds * 1e6, "µs", "lower")
