"""Test a profile of the provider `http`: ask its address with its credentials."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.errors import NodeError
from treadle.node.connection import Surroundings, connection_test
from treadle.packs.http.client.exchange import Call, exchange
from treadle.packs.http.client.target import auth_headers, bare, parse_url
from treadle.packs.http.clients import HttpClients

_SECONDS = 15.0
_MOST = 1_000_000


@connection_test("http")
async def test_connection(fields: Mapping[str, str], surroundings: Surroundings) -> str:
    """GET `url` with `token` as a bearer, with `username` and `password`, or with `api_key` in the header that `header`
    names (`X-API-Key`), whichever is there first. Raises `NodeError`."""
    address = fields.get("url") or fields.get("base_url")
    if not address:
        raise NodeError(
            "The profile does not say where to: it has no field `url`.",
            code="missing_field",
            remedy="Set `url` to an address that answers to these credentials.",
            retryable=False,
        )
    url = parse_url(address)
    call = Call("GET", url, private=_who(fields), timeout=_SECONDS, max_size=_MOST)
    answer = await exchange(surroundings.resource(HttpClients).client, call)
    said = f"{bare(url)} answers with {answer.status}"
    if answer.status in (401, 403):
        raise NodeError(
            f"{said}: it does not know these credentials, or does not let them in.",
            code="credentials_refused",
            remedy="Set the credentials anew.",
            retryable=False,
            status=answer.status,
        )
    if answer.status >= 400:
        raise NodeError(f"{said}.", code="http_status", remedy="Correct `url`.", retryable=False, status=answer.status)
    return f"{said}."


def _who(fields: Mapping[str, str]) -> Mapping[str, str]:
    if token := fields.get("token"):
        return auth_headers("bearer", None, token, "")
    if password := fields.get("password"):
        return auth_headers("basic", fields.get("username") or fields.get("user") or "", password, "")
    if key := fields.get("api_key"):
        return auth_headers("header", None, key, fields.get("header") or "X-API-Key")
    return {}
