"""Whatever stands in a document is mapped, kept and named, or sealed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.authoring.importing.conftest import converted
from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.ledger import leaves

NAMES = (
    "symbol price risk stop_loss notes apiKey api_key token mode profile_id credentials params interval name tags "
    "max_daily_loss providers position"
)
KEYS = st.one_of(st.sampled_from(NAMES.split()), st.text("abcdefgh_", min_size=1, max_size=8))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 10**6), st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text("abcXYZ 0189:/.-{}", max_size=12),
)  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(KEYS, inside, max_size=4)),
    max_leaves=12,
)
MORE = st.dictionaries(KEYS, ANYTHING, max_size=6)


def require_nothing_lost(data: Any, made: Converted) -> None:
    """Every leaf has a fate, and what is kept can be read in the file."""
    fates = {field.path: field for field in made.fields}
    for path, value in leaves(data):
        field = next((fates[path[:n]] for n in range(len(path), -1, -1) if path[:n] in fates), None)
        assert field is not None, f"{path} is lost"
        if field.fate == "kept" and isinstance(value, str) and value.isalnum():
            assert value in made.text, f"{path} is said to be kept"


@settings(max_examples=40, deadline=None)
@given(MORE, MORE)
def test_no_field_of_a_bot_is_lost(more: dict[str, Any], params: dict[str, Any]) -> None:
    known = {"strategy": "alert", "bot_id": "x", "provider": "paper"}
    data = {**more, **known, "params": {**params, "symbol": "BTC/USDT", "condition": "above", "price": 5}}

    for made in converted(data).workflows:
        require_nothing_lost(data, made)


@settings(max_examples=40, deadline=None)
@given(MORE, MORE, MORE)
def test_no_field_of_blocks_is_lost(more: dict[str, Any], block: dict[str, Any], config: dict[str, Any]) -> None:
    one = {**block, "id": "a", "type": "condition", "subtype": "threshold", "config": config}
    one = {key: value for key, value in one.items() if key not in ("params", "position")}
    data = {**more, "blocks": [one]}

    for made in converted(data).workflows:
        require_nothing_lost(data, made)


@settings(max_examples=40, deadline=None)
@given(MORE, MORE, MORE)
def test_no_field_of_an_n8n_export_is_lost(more: dict[str, Any], node: dict[str, Any], given_: dict[str, Any]) -> None:
    one = {**node, "name": "A", "type": "n8n-nodes-base.httpRequest", "parameters": given_}
    data = {**more, "nodes": [one], "connections": {}}

    for made in converted(json.loads(json.dumps(data))).workflows:
        require_nothing_lost(data, made)
