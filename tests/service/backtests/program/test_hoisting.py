"""Code that differs in numbers alone is one code with arguments."""

from __future__ import annotations

from typing import Any

from treadle.service.backtests.program.hoisting import MOST, Hoisted, Hoisting, shape_of, tokens_of


def code(limit: object, step: object = 3, name: str = "x9") -> str:
    return (
        f"def drive(a, b,\n          c):\n    if a > {limit}:\n        {name} = b * {step} + 1e-16\n"
        f"        return {name}\n    return c\n"
    )


def hoist(hoisting: Hoisting | None, source: str) -> tuple[Hoisting, Hoisted | None]:
    tokens = tokens_of(source)
    hoisting = hoisting or Hoisting(tokens)
    return hoisting, hoisting.of(tokens)


def call(found: Hoisted | None, *arguments: Any) -> Any:
    assert found is not None
    names: dict[str, Any] = {}
    exec(found.source, names)
    return names["drive"](*arguments, *found.arguments)


def test_pieces_put_together_are_the_source() -> None:
    source = code(2.5)

    assert "".join(tokens_of(source)) == source
    assert tokens_of(source)[1::2] == ["2.5", "3", "1e-16"]


def test_numbers_become_arguments_and_the_code_stays_one() -> None:
    hoisting, _ = hoist(None, code(2.5))

    _, one = hoist(hoisting, code(7.25, 4))
    _, other = hoist(hoisting, code(9.5, 5))

    assert one is not None
    assert other is not None
    assert one.source == other.source
    assert (one.floats, one.wholes) == ((7.25,), (4,))
    assert (call(one, 8, 10, -1), call(one, 7, 10, -1)) == (40 + 1e-16, -1)
    assert call(other, 9.75, 2, -1) == 10 + 1e-16


def test_what_differs_otherwise_has_another_shape() -> None:
    assert shape_of(tokens_of(code(2.5))) == shape_of(tokens_of(code(3.5, 7)))
    assert shape_of(tokens_of(code(2.5))) != shape_of(tokens_of(code(2.5, name="y9")))


def test_a_whole_number_is_no_float_and_fits_into_64_bits() -> None:
    for other in (code(2), code(2.5, 2**63)):
        hoisting, _ = hoist(None, code(2.5))

        assert hoist(hoisting, other)[1] is None


def test_after_some_compilations_it_is_left_alone() -> None:
    def many(*numbers: int) -> str:
        return "def drive(a):\n    return a + " + " + ".join(map(str, numbers)) + "\n"

    numbers = [1] * (MOST + 2)
    hoisting, _ = hoist(None, many(*numbers))
    for place in range(MOST - 1):
        numbers[place] = 7
        assert hoist(hoisting, many(*numbers))[1] is not None
    numbers[MOST] = 7

    assert hoist(hoisting, many(*numbers))[1] is None
