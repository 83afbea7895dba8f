"""`HttpClients`: the process's one HTTP client, opened at first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from treadle.node import Permissions

if TYPE_CHECKING:
    import httpx

    from treadle.packs.http.client.backend import Resolver


class HttpClients:
    """A resource that keeps connections open between runs. It keeps no cookies and reads no proxy settings.

    `resolver` stands in for the system's names in tests.
    """

    def __init__(self, permissions: Permissions, *, resolver: Resolver | None = None) -> None:
        self._permissions = permissions
        self._resolver = resolver
        self._client: httpx.AsyncClient | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = self._open()
        return self._client

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _open(self) -> httpx.AsyncClient:
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        from treadle.packs.http.client.backend import GuardedBackend, resolve
        from treadle.packs.http.client.transport import PooledTransport

        backend = GuardedBackend(private=self._permissions.private_network, resolver=self._resolver or resolve)
        # One client serves every workflow: a cookie kept for one would be sent by another.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        return httpx.AsyncClient(
            transport=PooledTransport(backend),
            cookies=no_cookies,
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": "treadle", "Accept-Encoding": "gzip, deflate"},
        )
