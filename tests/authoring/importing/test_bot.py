"""Bot documents become workflows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.authoring.importing.conftest import REGISTRY, converted, starters
from treadle.authoring.document import load_workflow
from treadle.authoring.importing.converted import Converted
from treadle.authoring.importing.ledger import leaves
from treadle.authoring.importing.strategies import STRATEGIES, find_strategy
from treadle.model.workflow import Node, Workflow


def bot(**given: Any) -> dict[str, Any]:
    return {"bot_id": "one", "provider": "paper", "strategy": "price_alert",
            "params": {"symbol": "BTC/USDT", "condition": "above", "price": 5}, **given}  # fmt: skip


def one(document: Any) -> Converted:
    found = converted(document)
    assert found.result.issues == ()
    (only,) = found.workflows
    return only


def workflow_of(one: Converted) -> Workflow:
    (workflow,) = load_workflow(one.text, catalogue=REGISTRY).workflows
    return workflow


def node(one: Converted, id: str) -> Node:
    found = workflow_of(one).find_node(id)
    assert found is not None
    return found


def fate(one: Converted, where: str) -> tuple[str, str]:
    return next((field.fate, field.to) for field in one.fields if field.where == where)


def test_each_bot_of_a_file_becomes_the_workflow_of_its_strategy() -> None:
    found = converted("bots.json")

    assert found.result.issues == ()
    assert [(one.name, one.template) for one in found.workflows] == [
        ("weekly-btc", "dollar-cost-averaging"),
        ("btc-grid", "grid"),
        ("12", "market-making"),
        ("tri", "triangular-arbitrage"),
        ("pairs-ltc-bch", "pairs-trading"),
        ("al-1", "price-alert"),
        ("btc-cross", "cross-exchange-arbitrage"),
        ("fund", "funding-rate-arbitrage"),
        ("rsi-eth", "rsi-mean-reversion"),
        ("macd-1", "macd-trend-following"),
        ("bb-1", "bollinger-breakout"),
        ("poly", "prediction-market-mispricing"),
        ("mom", "volatility-momentum-portfolio"),
    ]


def test_what_a_bot_says_is_in_its_workflow() -> None:
    grid = next(one for one in converted("bots.json").workflows if one.name == "btc-grid")

    inputs = workflow_of(grid).inputs
    assert [inputs[name]["default"] for name in ("lower", "upper", "levels", "size")] == [50000, 70000, 20, 0.002]
    assert node(grid, "tick").config["seconds"] == "30s"
    provider = node(grid, "exchange").config
    assert (provider["venue"], provider["profile"], provider["symbol"]) == ("kraken", "kraken-main", "BTC/USDT")
    assert provider["limits"] == {**provider["limits"], "max_open_orders": 60, "max_drawdown_pct": 20}  # type: ignore[dict-item]
    workflow = workflow_of(grid)
    assert (workflow.id, workflow.title, "range" in workflow.tags) == ("grid-1", "BTC grid", True)


def test_what_has_no_counterpart_is_kept_in_a_note_and_a_lost_protection_is_said_loudly() -> None:
    grid = next(one for one in converted("bots.json").workflows if one.name == "btc-grid")

    text = str(node(grid, "imported").config["text"])

    assert "user_id: 42" in text
    assert "strategy.params.rebalance: false" in text
    assert "risk_management.stop_loss: 45000" in text
    assert any("stop_loss" in remark for remark in grid.remarks)


def test_credentials_go_to_a_profile_and_are_in_no_file_and_no_report() -> None:
    found = converted("bots.json")
    dca = found.workflows[0]

    profile, stray = dca.profiles

    assert (profile.name, profile.provider, dict(profile.fields)) == (
        "binance-weekly-btc",
        "binance",
        {"api_key": "CANARY-key", "secret": "CANARY-secret"},
    )
    assert dict(stray.fields) == {"telegram_bot_token": "7001:CANARY-telegram"}
    assert node(dca, "exchange").config["profile"] == "binance-weekly-btc"
    assert "CANARY" not in "".join(f"{one.text}{one.to_dict()}{one!r}" for one in found.workflows)


def test_a_bot_does_no_more_than_it_did() -> None:
    """What the template adds, twice as much in a dip, an old bot never did."""
    dca = converted("bots.json").workflows[0]

    assert workflow_of(dca).inputs["dip_factor"]["default"] == 1
    assert dca.assumed["dip_factor"] == 1


def test_fields_of_nodes_are_set_beside_the_parameters_of_the_template() -> None:
    macd = next(one for one in converted("bots.json").workflows if one.name == "macd-1")

    assert dict(node(macd, "macd").config) == {"fast": 12, "slow": 26, "signal": 9}


def test_each_venue_of_an_arbitrage_has_its_own_node_and_profile() -> None:
    made = next(one for one in converted("bots.json").workflows if one.name == "btc-cross")

    there = [node(made, id).config for id in ("first", "second")]

    assert [(one["venue"], one["profile"]) for one in there] == [
        ("binance", "binance-main"),
        ("kraken", "kraken-btc-cross"),
    ]
    assert node(made, "there").config["min_spread_pct"] == 0.4


@pytest.mark.parametrize(("written", "read"), [(0.001, 0.1), (0.1, 0.1), ("0.2%", 0.2)])
def test_a_fee_that_can_only_be_a_share_is_read_as_one(written: Any, read: float) -> None:
    params = {"path": ["BTC/USDT", "ETH/BTC", "ETH/USDT"], "fee": written}

    made = one(bot(strategy="triangular", params=params))

    assert workflow_of(made).inputs["fee_pct"]["default"] == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("BTCUSDT", "BTC/USDT"), ("eth-usdc", "ETH/USDC"), ("SOL_USDT", "SOL/USDT"), ("X:YES", "X:YES")],
)
def test_markets_are_written_as_venues_write_them(written: str, read: str) -> None:
    made = one(bot(params={"symbol": written, "condition": "below", "price": 5}))

    assert node(made, "exchange").config["symbol"] == read


def test_every_problem_is_said_with_its_place_and_nothing_is_made() -> None:
    bad = [
        bot(strategy="quantum"),
        bot(bot_id="two", params={"symbol": "", "condition": "sideways", "price": "lots"}),
        {"hello": 1},
        5,
    ]

    found = converted({"bots": bad})

    assert not found.workflows
    said = [(issue.code, issue.where) for issue in found.result.issues]
    assert sorted(said) == [
        ("invalid_value", "bots[1].params.condition"),
        ("invalid_value", "bots[1].params.price"),
        ("invalid_value", "bots[3]"),
        ("missing_key", "bots[1]"),
        ("unknown_document", "bots[2]"),
        ("unknown_strategy", "bots[0].strategy"),
    ]
    assert all(issue.line and issue.remedy for issue in found.result.issues)


def test_a_value_that_the_template_does_not_take_is_refused_at_its_place() -> None:
    found = converted(bot(params={"symbol": "BTC/USDT", "condition": "above", "price": -5}))

    (issue,) = found.result.issues
    assert (issue.code, issue.where) == ("invalid_value", "params.price")


def test_two_bots_of_one_name_are_refused() -> None:
    found = converted([bot(), bot()])

    assert [issue.code for issue in found.result.issues] == ["duplicate_name"]
    assert not found.workflows


def test_every_strategy_is_a_template_that_has_the_parameters_it_is_given() -> None:
    for strategy in STRATEGIES:
        starter = starters()[strategy.template]
        unknown = {wanted.name for wanted in strategy.wants} - set(starter.parameters)
        assert (strategy.template, unknown, set(strategy.symbols) - set(starter.parameters)) == (
            strategy.template, set(), set(),
        )  # fmt: skip
        assert set(strategy.plainly) <= set(starter.parameters)


@pytest.mark.parametrize(
    "name",
    ["arbitrage", "funding_arbitrage", "grid", "rsi", "macd", "bollinger", "dca", "market_making", "triangular",
     "pairs", "prediction", "momentum", "alert"],
)  # fmt: skip
def test_there_is_something_for_every_strategy_of_old(name: str) -> None:
    assert find_strategy(name) is not None


def test_no_field_of_the_documents_is_without_a_fate() -> None:
    import json

    from tests.authoring.importing.conftest import DOCUMENTS

    bots = json.loads((DOCUMENTS / "bots.json").read_text())["bots"]
    for data, made in zip(bots, converted("bots.json").workflows, strict=True):
        told = {field.path for field in made.fields}
        lost = [path for path, _ in leaves(data) if not any(path[:length] in told for length in range(len(path) + 1))]
        assert lost == []
