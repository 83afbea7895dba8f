"""Orders, a node type a file: each is an effect with a memory."""

from treadle.packs.trading.orders.reconcile import reconcile

__all__ = ["reconcile"]
