"""The strategies of old bots: which template each is, and how documents call the template's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from treadle.authoring.importing.values import (
    Reader,
    duration,
    markets,
    number,
    operator,
    percent,
    plain,
    share_below,
    symbol,
    timeframe,
    whole,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter of the template, how it is read, and what documents call it; a dot leads into an object."""

    name: str
    read: Reader
    called: tuple[str, ...]
    is_needed: bool = False
    """Nothing is to be assumed of it: a bot that does not say it cannot be imported."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the nodes of a type, beside the template's parameters."""

    type: str
    field: str
    read: Reader
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strategy:
    """`symbols` are the parameters that a list of markets goes to, in order. `plainly` is what the parameters are that
    a document does not name, so that the workflow does no more than the bot did; `remark` says where it does
    otherwise."""

    template: str
    called: tuple[str, ...]
    wants: tuple[Wanted, ...]
    symbols: tuple[str, ...] = ("symbol",)
    plainly: Mapping[str, object] = field(default_factory=dict[str, object])
    sets: tuple[Setting, ...] = ()
    remark: str | None = None


SYMBOL = Wanted("symbol", symbol, ("symbol", "pair", "trading_pair", "market", "instrument", "ticker", "asset"), True)
EVERY = Wanted(
    "every", duration,
    ("interval", "check_interval", "poll_interval", "update_interval", "refresh_interval", "interval_seconds",
     "check_interval_seconds", "poll_interval_seconds", "interval_sec", "interval_s", "interval_ms",
     "check_interval_ms", "poll_interval_ms", "update_interval_ms", "interval_minutes", "loop_seconds", "frequency",
     "order_refresh_time", "refresh_seconds"),
)  # fmt: skip
TIMEFRAME = Wanted("timeframe", timeframe, ("timeframe", "candle_interval", "bar_size", "candle_size", "resolution"))
FEE, STOP = share_below(0.02), share_below(1)
_SIZES = ("size", "order_size", "trade_size", "quantity", "order_amount", "order_quantity", "lot_size", "volume", "qty")
_SPENT = ("amount", "order_value", "quote_amount", "investment", "trade_amount", "notional", "stake_amount", "stake")
_STOPS = ("stop_pct", "stop_loss_pct", "stop_loss_percent", "stop_loss", "stop_loss_fraction", "risk.stop_loss_pct",
          "risk.stop_loss", "risk_management.stop_loss_pct", "risk_management.stop_loss_percent")  # fmt: skip

STRATEGIES: tuple[Strategy, ...] = (
    Strategy(
        "dollar-cost-averaging",
        ("dca", "dollar_cost_averaging", "accumulate", "recurring_buy"),
        (
            SYMBOL,
            Wanted("amount", number, (*_SPENT, "buy_amount", "amount_per_buy", "purchase_amount", *_SIZES)),
            Wanted("cron", plain, ("cron", "schedule", "schedule.cron")),
            Wanted("timezone", plain, ("timezone", "tz", "schedule.timezone")),
            Wanted("budget", number, ("budget", "max_investment", "total_budget", "max_total")),
            Wanted("dip_pct", percent, ("dip_pct", "dip_percent", "buy_dip_pct", "price_drop_pct",
                                        "safety_order_step_pct")),
            Wanted("dip_factor", number, ("dip_factor", "dip_multiplier", "multiplier", "safety_order_volume_scale")),
        ),
        plainly={"dip_factor": 1},
    ),
    Strategy(
        "grid",
        ("grid", "grid_trading", "grid_bot", "spot_grid"),
        (
            SYMBOL,
            EVERY,
            Wanted("lower", number, ("lower", "lower_price", "lower_bound", "lower_limit", "min_price",
                                      "grid_lower"), True),
            Wanted("upper", number, ("upper", "upper_price", "upper_bound", "upper_limit", "max_price",
                                      "grid_upper"), True),
            Wanted("levels", whole, ("levels", "grid_levels", "num_levels", "grid_count", "num_grids", "grids",
                                       "grid_size")),
            Wanted("size", number, ("size_per_level", "order_size", "amount_per_grid", "quantity_per_grid", *_SIZES)),
        ),
    ),
    Strategy(
        "market-making",
        ("market_making", "market_maker", "mm", "pure_market_making"),
        (
            SYMBOL,
            EVERY,
            Wanted("spread_pct", percent, ("spread_pct", "spread", "bid_ask_spread", "spread_bps", "spread_percent",
                                           "target_spread", "target_spread_bps")),
            Wanted("size", number, _SIZES),
            Wanted("max_inventory", number, ("max_inventory", "inventory_limit", "max_position", "max_position_size")),
            Wanted("target_inventory", number, ("target_inventory", "inventory_target")),
            Wanted("skew_pct", percent, ("skew_pct", "inventory_skew_pct", "inventory_skew", "skew", "skew_bps")),
        ),
        plainly={"skew_pct": 0},
    ),
    Strategy(
        "triangular-arbitrage",
        ("triangular", "triangular_arbitrage", "tri_arb", "triangle"),
        (
            EVERY,
            Wanted("first", symbol, ("first", "pair_1", "pair1", "symbol_1", "symbol_a", "leg1", "leg_1", "path.0")),
            Wanted("second", symbol, ("second", "pair_2", "pair2", "symbol_2", "symbol_b", "leg2", "leg_2", "path.1")),
            Wanted("third", symbol, ("third", "pair_3", "pair3", "symbol_3", "symbol_c", "leg3", "leg_3", "path.2")),
            Wanted("size", number, (*_SPENT, *_SIZES, "start_amount")),
            Wanted("min_profit_pct", percent, ("min_profit_pct", "min_profit", "profit_threshold", "min_profit_bps",
                                               "min_spread", "min_spread_pct", "threshold")),
            Wanted("fee_pct", FEE, ("fee_pct", "fee", "fees", "taker_fee", "trading_fee", "fee_bps",
                                         "taker_fee_bps")),
        ),
        symbols=("first", "second", "third"),
    ),
    Strategy(
        "pairs-trading",
        ("pairs", "pairs_trading", "pair_trading", "stat_arb", "statistical_arbitrage", "zscore", "cointegration"),
        (
            EVERY,
            TIMEFRAME,
            Wanted("first", symbol, ("first", "symbol_a", "asset_a", "pair_a", "symbol_1", "asset1", "leg_a",
                                      "long_symbol")),
            Wanted("second", symbol, ("second", "symbol_b", "asset_b", "pair_b", "symbol_2", "asset2", "leg_b",
                                       "short_symbol")),
            Wanted("period", whole, ("period", "lookback", "window", "lookback_period", "zscore_window",
                                      "lookback_window")),
            Wanted("entry", number, ("entry", "entry_z", "entry_zscore", "entry_threshold", "z_entry",
                                      "zscore_entry")),
            Wanted("exit", number, ("exit", "exit_z", "exit_zscore", "exit_threshold", "z_exit", "zscore_exit")),
            Wanted("stop", number, ("stop", "stop_z", "stop_zscore", "stop_threshold", "z_stop", "zscore_stop")),
            Wanted("size", number, (*_SPENT, *_SIZES, "position_size")),
        ),
        symbols=("first", "second"),
        remark="It buys the cheap side only; a bot that sold the dear side short did more than that.",
    ),
    Strategy(
        "price-alert",
        ("alert", "price_alert", "alerts", "notification"),
        (
            SYMBOL,
            Wanted("operator", operator, ("operator", "condition", "direction", "trigger", "comparison",
                                           "alert_type")),
            Wanted("price", number, ("price", "target_price", "threshold", "level", "trigger_price",
                                     "alert_price", "target"), True),
        ),
    ),
    Strategy(
        "cross-exchange-arbitrage",
        ("arbitrage", "cross_exchange_arbitrage", "arb", "spatial_arbitrage", "simple_arbitrage"),
        (
            SYMBOL,
            EVERY,
            Wanted("size", number, _SIZES),
            Wanted("fee_a_pct", FEE, ("fee_a_pct", "fee_a", "fees.a", "maker_fee", "fee_pct", "taker_fee_pct")),
            Wanted("fee_b_pct", FEE, ("fee_b_pct", "fee_b", "fees.b")),
            Wanted("least_pct", percent, ("min_spread_pct", "min_spread", "min_profit", "min_profit_pct",
                                          "spread_threshold",
                                          "threshold", "min_spread_bps", "min_profit_bps")),
        ),
    ),
    Strategy(
        "funding-rate-arbitrage",
        ("funding_arbitrage", "funding_rate_arbitrage", "funding", "basis", "cash_and_carry"),
        (
            Wanted("spot", symbol, ("spot", "spot_symbol", "spot_pair", "symbol", "pair"), True),
            Wanted("perpetual", plain, ("perpetual", "perp_symbol", "perpetual_symbol", "futures_symbol", "perp",
                                        "swap_symbol"),
                   True),
            Wanted("size", number, _SIZES),
            Wanted("enter_above", percent, ("enter_above", "min_annual_rate_pct", "min_apr", "min_annualised_pct",
                                            "entry_apr")),
            Wanted("exit_below", percent, ("exit_below", "exit_apr", "exit_annual_rate_pct", "exit_annualised_pct")),
        ),
        symbols=("spot", "perpetual"),
    ),
    Strategy(
        "rsi-mean-reversion",
        ("rsi", "rsi_mean_reversion", "mean_reversion", "rsi_reversal", "oversold"),
        (
            SYMBOL,
            TIMEFRAME,
            Wanted("period", whole, ("period", "rsi_period", "rsi_length", "length")),
            Wanted("oversold", number, ("oversold", "rsi_oversold", "buy_threshold", "oversold_level",
                                        "lower_threshold")),
            Wanted("exit_above", number, ("exit_above", "overbought", "rsi_overbought", "sell_threshold",
                                          "overbought_level",
                                          "upper_threshold", "exit_rsi")),
            Wanted("stake", number, _SPENT),
            Wanted("stop_pct", STOP, _STOPS),
        ),
    ),
    Strategy(
        "macd-trend-following",
        ("macd", "macd_trend", "macd_crossover", "trend", "trend_following", "ma_crossover"),
        (
            SYMBOL,
            TIMEFRAME,
            Wanted("risk_pct", percent, ("risk_pct", "risk_per_trade", "risk_per_trade_pct", "risk_percent",
                                         "risk.per_trade")),
            Wanted("stop_atr", number, ("stop_atr", "atr_multiplier", "atr_stop_multiplier", "stop_loss_atr")),
            Wanted("least_adx", number, ("least_adx", "adx_threshold", "min_adx")),
        ),
        plainly={"least_adx": 0},
        sets=(
            Setting("indicator.macd", "fast", whole, ("fast", "fast_period", "macd_fast", "fast_length")),
            Setting("indicator.macd", "slow", whole, ("slow", "slow_period", "macd_slow", "slow_length")),
            Setting("indicator.macd", "signal", whole, ("signal", "signal_period", "macd_signal", "signal_length")),
        ),
    ),
    Strategy(
        "bollinger-breakout",
        ("bollinger", "bollinger_breakout", "bollinger_bands", "bb_breakout", "volatility_breakout", "breakout"),
        (
            SYMBOL,
            TIMEFRAME,
            Wanted("period", whole, ("period", "bb_period", "bollinger_period", "length", "window")),
            Wanted("stake_pct", percent, ("stake_pct", "position_size_pct", "position_pct", "size_pct",
                                          "allocation_pct")),
            Wanted("widest_pct", percent, ("widest_pct", "squeeze_pct", "max_bandwidth_pct", "bandwidth_threshold")),
        ),
        sets=(
            Setting("indicator.bollinger", "deviations", number, ("deviations", "std_dev", "num_std", "std", "stddev",
                                                                  "bb_std", "standard_deviations")),
        ),
    ),
    Strategy(
        "prediction-market-mispricing",
        ("prediction", "prediction_market", "prediction_arbitrage", "polymarket", "mispricing",
         "prediction_mispricing"),
        (
            EVERY,
            Wanted("question", plain, ("question", "market_slug", "slug", "event", "event_slug", "condition_id",
                                       "market",
                                       "market_id", "symbol"), True),
            Wanted("size", number, ("shares", "contracts", *_SIZES)),
            Wanted("margin", number, ("margin", "min_edge", "edge", "min_margin", "edge_threshold", "min_profit")),
        ),
        symbols=(),
    ),
    Strategy(
        "volatility-momentum-portfolio",
        ("momentum", "momentum_portfolio", "volatility_momentum", "dual_momentum", "vol_target", "volatility_target"),
        (
            Wanted("symbols", markets, ("symbols", "pairs", "markets", "universe", "assets", "tickers",
                                        "instruments"), True),
            Wanted("cron", plain, ("cron", "schedule", "schedule.cron", "rebalance_cron", "rebalance_schedule")),
            Wanted("lookback", whole, ("lookback", "lookback_days", "momentum_window", "window", "period",
                                       "lookback_period")),
            Wanted("target_pct", percent, ("target_pct", "target_volatility", "target_vol", "volatility_target",
                                           "vol_target",
                                           "target_volatility_pct", "target_vol_pct")),
        ),
        symbols=(),
    ),
)  # fmt: skip


def find_strategy(name: str) -> Strategy | None:
    """By a name in snake_case."""
    return next((one for one in STRATEGIES if name in one.called or name == one.template.replace("-", "_")), None)
