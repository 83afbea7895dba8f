"""The tables of `paper.db`. Whole numbers that may pass 64 bits are text."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (
    name TEXT PRIMARY KEY, version INTEGER NOT NULL, number INTEGER NOT NULL, turnover TEXT NOT NULL,
    opened_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS balance (
    account TEXT NOT NULL, asset TEXT NOT NULL, total TEXT NOT NULL, PRIMARY KEY (account, asset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS desk (
    account TEXT NOT NULL, symbol TEXT NOT NULL, tick TEXT NOT NULL, lot TEXT NOT NULL, contract TEXT NOT NULL,
    base TEXT NOT NULL, quote TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (account, symbol)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS paper_order (
    account TEXT NOT NULL, number INTEGER NOT NULL, client_id TEXT NOT NULL, symbol TEXT NOT NULL,
    numbers TEXT NOT NULL, is_open INTEGER NOT NULL, label TEXT, created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, PRIMARY KEY (account, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS order_by_client ON paper_order (account, client_id);
CREATE INDEX IF NOT EXISTS order_open ON paper_order (account) WHERE is_open = 1;
CREATE INDEX IF NOT EXISTS order_by_label ON paper_order (account, label) WHERE label IS NOT NULL;
CREATE TABLE IF NOT EXISTS fill (
    account TEXT NOT NULL, symbol TEXT NOT NULL, serial INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
    numbers TEXT NOT NULL, PRIMARY KEY (account, symbol, serial)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS fill_by_order ON fill (account, number);
CREATE INDEX IF NOT EXISTS fill_by_time ON fill (account, symbol, at);
CREATE TABLE IF NOT EXISTS entry (
    account TEXT NOT NULL, at INTEGER NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL, kind TEXT NOT NULL,
    symbol TEXT NOT NULL, number INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS entry_by_account ON entry (account);
CREATE TABLE IF NOT EXISTS bar (
    account TEXT NOT NULL, symbol TEXT NOT NULL, time INTEGER NOT NULL, closes INTEGER NOT NULL, prices TEXT NOT NULL,
    PRIMARY KEY (account, symbol, time)
) WITHOUT ROWID;
"""
TABLES = ("account", "balance", "desk", "paper_order", "fill", "entry", "bar")
"""`entry` is the ledger: the sum of the amounts of an asset is its balance. `bar` holds what runs have fed."""
