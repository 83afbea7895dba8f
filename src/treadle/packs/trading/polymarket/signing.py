"""Signatures that Polymarket asks for: orders and sign-in by EIP-712, requests by HMAC. Ethereum's hashes and curve are
those that ccxt brings along."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from treadle.packs.trading.venue.refusal import refusal

CHAIN = 137
EXCHANGE = "0xE111180000d2663C0091e4f400237545B87B996B"
NEGATIVE_RISK_EXCHANGE = "0xe2222d279d744050d28e00520010520000310F59"
"""Contracts of the CLOB's second version, on Polygon; the other is for markets of several outcomes."""
_ZERO = "0x" + "0" * 64
_ORDER = {
    "Order": [
        {"name": "salt", "type": "uint256"},
        {"name": "maker", "type": "address"},
        {"name": "signer", "type": "address"},
        {"name": "tokenId", "type": "uint256"},
        {"name": "makerAmount", "type": "uint256"},
        {"name": "takerAmount", "type": "uint256"},
        {"name": "side", "type": "uint8"},
        {"name": "signatureType", "type": "uint8"},
        {"name": "timestamp", "type": "uint256"},
        {"name": "metadata", "type": "bytes32"},
        {"name": "builder", "type": "bytes32"},
    ]
}
_SIGN_IN = {
    "ClobAuth": [
        {"name": "address", "type": "address"},
        {"name": "timestamp", "type": "string"},
        {"name": "nonce", "type": "uint256"},
        {"name": "message", "type": "string"},
    ]
}
_STATEMENT = "This message attests that I control the given wallet"


class Signer:
    """Signs with one private key. Raises `NodeError` where the library is missing, or the key is none."""

    def __init__(self, private_key: str, *, chain: int = CHAIN) -> None:
        try:
            self._ethereum: Any = import_module("ccxt.base.exchange").Exchange
        except ModuleNotFoundError as error:
            raise refusal(
                "missing_library",
                "Orders at Polymarket are signed with what ccxt brings along, and it is not installed.",
                remedy="Install it: pip install 'treadle[trading]'. Prices can be read without.",
            ) from error
        self._key, self._chain = private_key.removeprefix("0x"), chain
        try:
            self.address = checksummed(self._ethereum.eth_get_address_from_private_key(self._key), self._keccak)
        except Exception:
            raise refusal(
                "credentials_refused",
                "The profile's `private_key` is no Ethereum key.",
                remedy="Set it to the 64 hexadecimal digits that the wallet exports.",
            ) from None

    def order_hash(self, order: Mapping[str, Any], *, negative_risk: bool) -> str:
        """By which Polymarket knows the order: its id, known before it is sent."""
        return "0x" + self._digest(self._domain(negative_risk), _ORDER, _message(order))

    def sign_order(self, order: Mapping[str, Any], *, negative_risk: bool) -> str:
        return self._sign(self._digest(self._domain(negative_risk), _ORDER, _message(order)))

    def sign_in(self, timestamp: int) -> dict[str, str]:
        """The headers that ask for the keys by which requests are signed."""
        told = {"address": self.address, "timestamp": str(timestamp), "nonce": 0, "message": _STATEMENT}
        domain = {"name": "ClobAuthDomain", "version": "1", "chainId": self._chain}
        signature = self._sign(self._digest(domain, _SIGN_IN, told))
        return {"POLY_ADDRESS": self.address, "POLY_SIGNATURE": signature, "POLY_TIMESTAMP": str(timestamp),
                "POLY_NONCE": "0"}  # fmt: skip

    def _domain(self, negative_risk: bool) -> dict[str, Any]:
        contract = NEGATIVE_RISK_EXCHANGE if negative_risk else EXCHANGE
        return {"name": "Polymarket CTF Exchange", "version": "2", "chainId": self._chain,
                "verifyingContract": contract}  # fmt: skip

    def _digest(self, domain: Mapping[str, Any], types: Mapping[str, Any], message: Mapping[str, Any]) -> str:
        encoded = self._ethereum.eth_encode_structured_data(dict(domain), dict(types), dict(message))
        return str(self._ethereum.hash(encoded, "keccak", "hex"))

    def _sign(self, digest: str) -> str:
        signed = self._ethereum.ecdsa(digest, self._key, "secp256k1", None)
        return f"0x{signed['r'].rjust(64, '0')}{signed['s'].rjust(64, '0')}{27 + int(signed['v']):02x}"

    def _keccak(self, text: bytes) -> str:
        return str(self._ethereum.hash(text, "keccak", "hex"))


def sign_request(
    address: str, keys: Mapping[str, str], *, at: int, method: str, path: str, body: str = ""
) -> dict[str, str]:
    """The headers of a request. `path` is without its query; `body` is what is sent, to the letter."""
    secret = base64.urlsafe_b64decode(keys["secret"])
    signed = hmac.new(secret, f"{at}{method}{path}{body}".encode(), hashlib.sha256).digest()
    return {
        "POLY_ADDRESS": address,
        "POLY_SIGNATURE": base64.urlsafe_b64encode(signed).decode(),
        "POLY_TIMESTAMP": str(at),
        "POLY_API_KEY": keys["api_key"],
        "POLY_PASSPHRASE": keys["password"],
    }


def checksummed(address: str, keccak: Any) -> str:
    """EIP-55: which letters are capital says whether the address is written right."""
    plain = address.removeprefix("0x").lower()
    digits = keccak(plain.encode())
    return "0x" + "".join(
        letter.upper() if int(digit, 16) >= 8 else letter for letter, digit in zip(plain, digits, strict=False)
    )


def salt_of(client_id: str) -> int:
    """Made of our id, and small enough for every JSON reader."""
    return int.from_bytes(hashlib.sha256(client_id.encode()).digest()[:6], "big")


def _message(order: Mapping[str, Any]) -> dict[str, Any]:
    numbers = ("salt", "tokenId", "makerAmount", "takerAmount", "signatureType", "timestamp")
    return {
        **{name: int(order[name]) for name in numbers},
        "maker": order["maker"],
        "signer": order["signer"],
        "side": 0 if order["side"] == "BUY" else 1,
        "metadata": bytes.fromhex(str(order.get("metadata", _ZERO))[2:]),
        "builder": bytes.fromhex(str(order.get("builder", _ZERO))[2:]),
    }
