"""The exchanges that ccxt knows; written by `make_names`, so that finding a name needs no ccxt."""

from __future__ import annotations

VERSION = "4.5.90"
"""Of ccxt, when this was written."""

_ALL = """
alpaca apex aster backpack bequant bigone binance binancecoinm binanceus binanceusdm bingx bit2c bitbank bitbns
bitfinex bitflyer bitget bithumb bitopro bitrue bitso bitstamp bitteam bittrade bitvavo blockchaincom blofin
btcbox btcmarkets btcturk btse bullish bybit bybiteu bybitid bydfi cex coinbase coinbaseexchange
coinbaseinternational coincheck coinmate coinone coinsph coinspot cryptocom cryptomus deepcoin delta deribit
derive digifinex dydx extended fmfwio foxbit gate gateeu gemini grvt hashkey hibachi hitbtc hollaex htx
hyperliquid independentreserve indodax kraken krakenfutures kucoin kucoinfutures latoken lbank lighter luno
mercado mexc modetrade mudrex myokx nado ndax okx okxus onetrading p2b pacifica paradex paymium phemex poloniex
polymarket revolutx tokocrypto toobit upbit weex whitebit woo woofipro xt zaif zebpay
"""
_TAKING = """
alpaca apex aster backpack bigone binance binancecoinm binanceus binanceusdm bingx bitfinex bitget bithumb
bitrue bitstamp bittrade blockchaincom btcmarkets btse bybit bybiteu bybitid coinbase coinbaseexchange
coinbaseinternational cryptocom cryptomus deepcoin delta derive dydx extended foxbit gate gateeu gemini grvt
hashkey htx hyperliquid kraken krakenfutures kucoin kucoinfutures lbank lighter mexc modetrade myokx ndax okx
okxus onetrading pacifica paradex phemex poloniex polymarket revolutx tokocrypto upbit weex whitebit woo
woofipro zebpay
"""
_FOUND = """
apex aster binance binancecoinm binanceus binanceusdm bitget bithumb bitrue bitstamp coinbaseexchange delta
extended gate gateeu grvt hashkey htx hyperliquid kraken kucoin kucoinfutures mexc modetrade myokx okx okxus
paradex phemex weex woo woofipro
"""

NAMES = frozenset(_ALL.split())
TAKES_CLIENT_ID = frozenset(_TAKING.split())
"""Those that take our id with an order. At the others no order is placed: one whose answer is lost could not be found.
"""
FOUND_BY_CLIENT_ID = frozenset(_FOUND.split())
"""Those that are asked for an order by it. At the others it is looked for among all orders."""
