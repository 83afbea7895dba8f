"""`JsonClient`: a venue's own HTTP API. Numbers are read as they are written, never as floats."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from treadle.errors import NodeError
from treadle.packs.trading.venue.limiter import Limiter
from treadle.packs.trading.venue.refusal import Unsettled, refusal
from treadle.packs.trading.venue.wire import address_refused, find_refused, open_session, watching

_MOST = 20_000_000
_CODES = {401: "credentials_refused", 403: "credentials_refused", 418: "rate_limited", 429: "rate_limited"}


class JsonClient:
    """`limiter` is asked before every request. What is `secrets` is in no message."""

    def __init__(
        self,
        venue: str,
        *,
        private: bool,
        timeout: float = 10.0,
        limiter: Limiter | None = None,
        secrets: Collection[str] = (),
    ) -> None:
        self._venue, self._timeout, self._limiter = venue, timeout, limiter
        self._secrets = [secret for secret in secrets if len(secret) >= 4]
        self.session = open_session(private=private, answered=self._answered)

    async def call(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        orders: bool = False,
    ) -> Any:
        """The JSON of the answer; None for an empty one. Raises `NodeError` with `status` and what the venue `says`.
        With `orders`, something is to be changed: sent, and without a clear answer, it is `Unsettled`."""
        if self._limiter is not None:
            await self._limiter.take()
        import aiohttp

        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        data = None if body is None else body if isinstance(body, str) else json.dumps(body, default=str)
        more = {"Content-Type": "application/json", **(headers or {})} if data is not None else dict(headers or {})
        with watching() as sending:
            try:
                async with self.session.request(
                    method, url, params=given, data=data, headers=more, timeout=aiohttp.ClientTimeout(self._timeout)
                ) as answer:
                    text = (await answer.content.read(_MOST)).decode("utf-8", "replace")
                    status, told = answer.status, answer.headers
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                if (refused := find_refused(error)) is not None:
                    raise address_refused(self._venue, refused) from error
                if orders and sending.sent:
                    raise Unsettled(f"`{self._venue}` was sent it, and did not say what became of it") from error
                raise refusal(
                    "venue_unreachable",
                    f"`{self._venue}` cannot be reached ({type(error).__name__}).",
                    remedy="Let the node try again; look at the network and the venue's status page.",
                ) from error
        if status >= 400:
            raise self._refused(status, text, told, orders=orders)
        try:
            return json.loads(text, parse_float=Decimal) if text.strip() else None
        except ValueError as error:
            if orders:
                raise Unsettled(f"`{self._venue}` answered what cannot be read") from error
            raise refusal(
                "refused", f"`{self._venue}` answered what is no JSON.", remedy="Look whether the address is right."
            ) from error

    def _refused(self, status: int, text: str, told: Mapping[str, str], *, orders: bool) -> Exception:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        says = text.strip()[:300]
        if orders and (status >= 500 or status == 408):
            return Unsettled(f"`{self._venue}` answered with {status}: {says}")
        code = _CODES.get(status, "venue_unreachable" if status >= 500 else "refused")
        after = told.get("Retry-After", "")
        facts: dict[str, Any] = {"status": status, "says": says}
        if code == "rate_limited" and after.isdigit():
            facts["retry_after"] = float(after)
        remedy = "Set the profile's credentials anew." if code == "credentials_refused" else "Read what the venue says."
        return refusal(code, f"`{self._venue}` answers with {status}: {says}", remedy=remedy, **facts)

    def _answered(self, status: int, headers: Mapping[str, str]) -> None:
        if self._limiter is not None and status in (418, 429):
            after = headers.get("Retry-After", "")
            self._limiter.pause(float(after) if after.isdigit() else 1.0)

    async def aclose(self) -> None:
        await self.session.close()


def says(error: NodeError) -> str:
    """The venue's own words."""
    return str(error.attributes.get("says", ""))
