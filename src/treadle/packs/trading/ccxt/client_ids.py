"""Our client ids in the letters that an exchange allows, and back."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

_NO_DASH = frozenset({"okx", "okxus", "myokx"})
_HEXADECIMAL = frozenset({"hyperliquid"})
_LONGEST = {"okx": 32, "okxus": 32, "myokx": 32, "mexc": 32, "gate": 28, "gateeu": 28, "kraken": 18}
_KEPT = 10_000


def longest(venue: str) -> int:
    return _LONGEST.get(venue, 36)


class ClientIds:
    """Ours are of `a-z`, `0-9` and `-`. A dash that is not allowed is a capital Z, which ours never have; where only a
    number is allowed it is a hash, which is known again once it was asked for."""

    def __init__(self, venue: str) -> None:
        self._venue = venue
        self._hashes: OrderedDict[str, str] = OrderedDict()

    def theirs(self, client_id: str) -> str:
        if self._venue in _NO_DASH:
            return client_id.replace("-", "Z")
        if self._venue in _HEXADECIMAL:
            made = "0x" + hashlib.sha256(client_id.encode()).hexdigest()[:32]
            self._hashes[made] = client_id
            if len(self._hashes) > _KEPT:
                self._hashes.popitem(last=False)
            return made
        return client_id

    def ours(self, told: str) -> str:
        if self._venue in _NO_DASH:
            return told.replace("Z", "-")
        return self._hashes.get(told, told)
