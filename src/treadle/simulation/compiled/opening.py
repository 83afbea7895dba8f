"""Between the objects of `simulation.market` and the flat sequences: rules, accounts, orders, fills, there and back.

`wide` says for whom: compiled code, which takes wide amounts apart (`limbs`), or plain Python, which does not
(`integers`). What is read here may be of either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from treadle.simulation.compiled import layout as y
from treadle.simulation.market import orders as o
from treadle.simulation.market.broker import Broker
from treadle.simulation.market.costs import IMPACT
from treadle.simulation.market.desk import Desk, Traded
from treadle.simulation.market.holding import Rules
from treadle.simulation.market.purse import Purse
from treadle.simulation.market.scale import RATE

_NEVER = -1_000_000
_LARGEST_RATE = 1 << 34
_FIELDS = o.FEE + 1


def pack_rules(rules: Rules, *, wide: bool) -> list[int] | None:
    """None where they do not fit."""
    rates = [rules.margin, rules.maintenance, rules.spread, rules.volume_share]
    rates += [rate for tier in rules.tiers for rate in (tier.maker, tier.taker)]
    small = all(abs(rate) <= RATE for rate in rates) and 0 <= rules.slippage_amount < _LARGEST_RATE
    if not small or rules.multiplier >= 1 << 40 or (rules.slippage == IMPACT and rules.slippage_amount > RATE):
        return None
    packed = [
        rules.multiplier, int(rules.lot > 0), int(rules.shorts), rules.margin, rules.maintenance, rules.slippage,
        rules.slippage_amount, rules.spread, rules.volume_share, int(rules.is_pessimistic), rules.highest,
        len(rules.tiers),
    ]  # fmt: skip
    for tier in rules.tiers:
        packed += [*split(-(-tier.turnover // rules.money), wide), tier.maker, tier.taker]
    return packed


def open_account(desk: Desk, *, wide: bool, number: int = 0, keeps_over: bool = False) -> list[int] | None:
    """The account of the desk as it stands, its orders counted (`pack_orders`); `number` is the broker's. None where it
    does not fit: its numbers are too large, or it is on margin with cash finer than the market's unit of money, or
    with other markets."""
    rules, purse = desk.rules, desk.purse
    quote, rest = divmod(purse.total(rules.quote), rules.money)
    base = purse.total(rules.base) // rules.lot if rules.lot else 0
    if desk.others or (rest and not rules.lot) or max(base, abs(desk.position)) >= y.LARGEST_LOTS:
        return None
    if max(abs(quote), abs(desk.cost), abs(desk.profit)) >> y.LARGEST_MONEY_BITS:
        return None
    acc = [0] * y.ACCOUNT_SIZE
    acc[y.POSITION], acc[y.BASE], acc[y.LAST], acc[y.SERIAL] = desk.position, base, desk.last, desk.serial
    for field, amount in ((y.COST_HIGH, desk.cost), (y.PROFIT_HIGH, desk.profit), (y.QUOTE_HIGH, quote)):
        acc[field], acc[field + 1] = split(amount, wide)
    acc[y.NUMBER], acc[y.ORDERS], acc[y.KEEPS_OVER] = number, len(desk.orders), int(keeps_over)
    for row in range(y.DAYS):
        acc[y.TURNOVER + 3 * row] = _NEVER
    for day, worth in purse.turnover.items():
        place = y.TURNOVER + 3 * (day % y.DAYS)
        if day > acc[place]:
            acc[place : place + 3] = [day, *split(worth // rules.money, wide)]
    return acc


def pack_orders(orders: Sequence[o.Row], *, wide: bool, room: int) -> list[int]:
    """Rows with room for `room` orders in all."""
    packed = [0] * (room * y.ROW)
    for number, row in enumerate(orders):
        at = number * y.ROW
        packed[at : at + _FIELDS] = row
        packed[at + y.COST_UPPER], packed[at + o.COST] = split(row[o.COST], wide)
        packed[at + y.FEE_UPPER], packed[at + o.FEE] = split(row[o.FEE], wide)
    return packed


def unpack_orders(packed: Sequence[int], count: int) -> list[o.Row]:
    """The rows of `simulation.market.orders`."""
    found: list[o.Row] = []
    for at in range(0, count * y.ROW, y.ROW):
        row = [int(value) for value in packed[at : at + _FIELDS]]
        row[o.COST] = join(packed[at + y.COST_UPPER], packed[at + o.COST])
        row[o.FEE] = join(packed[at + y.FEE_UPPER], packed[at + o.FEE])
        found.append(row)
    return found


def unpack_fills(packed: Sequence[int], count: int) -> list[Traded]:
    return [
        Traded(
            int(packed[at + y.F_SERIAL]), int(packed[at + y.F_NUMBER]), int(packed[at + y.F_SIDE]),
            int(packed[at + y.F_LOTS]), int(packed[at + y.F_PRICE]),
            join(packed[at + y.F_FEE_HIGH], packed[at + y.F_FEE]),
            join(packed[at + y.F_PROFIT_HIGH], packed[at + y.F_PROFIT]), int(packed[at + y.F_POSITION]),
            int(packed[at + y.F_AT]), bool(packed[at + y.F_IS_MAKER]),
        )
        for at in range(0, count * y.FILL, y.FILL)
    ]  # fmt: skip


def to_broker(
    acc: Sequence[int], orders: Sequence[int], rules: Rules, *, rest: Mapping[str, int]
) -> tuple[Broker, Desk]:
    """The account as objects, to go on with exact numbers of any size. `rest` is what the purse has beside
    whole units of money and whole lots (`rest_of`)."""
    totals = dict(rest)
    totals[rules.quote] = totals.get(rules.quote, 0) + read(acc, y.QUOTE_HIGH) * rules.money
    if rules.lot:
        totals[rules.base] = totals.get(rules.base, 0) + int(acc[y.BASE]) * rules.lot
    turnover = {
        int(acc[place]): join(acc[place + 1], acc[place + 2]) * rules.money
        for place in range(y.TURNOVER, y.TURNOVER + 3 * y.DAYS, 3)
        if acc[place] != _NEVER
    }
    broker = Broker(Purse(totals, turnover=turnover), number=int(acc[y.NUMBER]))
    desk = broker.open(rules)
    desk.position, desk.last, desk.serial = int(acc[y.POSITION]), int(acc[y.LAST]), int(acc[y.SERIAL])
    desk.cost, desk.profit = read(acc, y.COST_HIGH), read(acc, y.PROFIT_HIGH)
    desk.orders.extend(unpack_orders(orders, int(acc[y.ORDERS])))
    return broker, desk


def rest_of(desk: Desk) -> dict[str, int]:
    """What the purse has beside whole units of money and whole lots."""
    rules, totals = desk.rules, dict(desk.purse.totals)
    totals[rules.quote] = totals.get(rules.quote, 0) % rules.money
    if rules.lot:
        totals[rules.base] = totals.get(rules.base, 0) % rules.lot
    return totals


def read(values: Sequence[int], field: int) -> int:
    """A wide amount of an account or a fill; `field` is its `_HIGH`."""
    return join(values[field], values[field + 1])


def join(high: int, low: int) -> int:
    return (int(high) << y.BASE_BITS) + int(low)


def split(amount: int, wide: bool) -> tuple[int, int]:
    if not wide:
        return 0, amount
    return amount >> y.BASE_BITS, amount & ((1 << y.BASE_BITS) - 1)
