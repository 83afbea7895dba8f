"""The editor: its page for whoever is signed in, and the files it is made of.

They are built from `ui/` into the folder `ui` beside this file, by `hatch_build.py`. Without them, the root is
`treadle.server.home`'s.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from treadle.errors import Unauthenticated
from treadle.server.caller import SESSION_COOKIE, find_actor
from treadle.server.etag import etag_of, is_unchanged

FOLDER = Path(__file__).parent / "ui"
_INDEX = "index.html"
_FOREVER = "public, max-age=31536000, immutable"
"""For files whose name has the digest of their content."""
_ASK = "no-cache"
_NONCE = 'name="treadle-style-nonce" content="'
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:;"
    " font-src 'self'; connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_NOT_OURS = ("/api/", "/assets/", "/static/", "/hooks/")
"""Where a program asks, and is told that there is nothing."""


@dataclass(frozen=True)
class _File:
    path: Path
    is_hashed: bool

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def compressed(self) -> bytes | None:
        beside = self.path.with_name(f"{self.path.name}.gz")
        return beside.read_bytes() if beside.is_file() else None

    @cached_property
    def etag(self) -> str:
        return etag_of(hashlib.sha256(self.content).hexdigest())


class Editor:
    """The built editor in `folder`. Its files are known beforehand: an address is looked up, never joined to a path."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._page = (folder / _INDEX).read_text(encoding="utf-8")
        self._build = hashlib.sha256(self._page.encode()).hexdigest()
        self._files = {
            f"/{path.relative_to(folder).as_posix()}": _File(path, is_hashed=path.parent.name == "assets")
            for path in folder.rglob("*")
            if path.is_file() and path.suffix not in (".gz", ".sha256") and path.name not in (_INDEX, "manifest.json")
        }

    @property
    def routes(self) -> list[BaseRoute]:
        """The page and its files. What no route answers may be an address within the editor: see `answer`."""
        files = [Route(path, self._send, methods=["GET"], name=path) for path in self._files if "/assets/" not in path]
        return [
            *files,
            Route("/assets/{name:path}", self._send, methods=["GET"]),
            Route("/", self._show, methods=["GET"]),
        ]

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What no route has answered: the page, for a browser that goes to an address. A program that asks for one is
        told that there is none."""
        request = Request(scope, receive)
        is_going = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        if not is_going or request.url.path.startswith(_NOT_OURS):
            raise HTTPException(404)
        response = await self._show(request)
        await response(scope, receive, send)

    async def _send(self, request: Request) -> Response:
        file = self._files.get(request.url.path)
        if file is None:
            raise HTTPException(404)
        headers = {"ETag": file.etag, "Cache-Control": _FOREVER if file.is_hashed else _ASK, "Vary": "Accept-Encoding"}
        if is_unchanged(request, file.etag):
            return Response(status_code=304, headers=headers)
        content = file.content
        if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers, media_type=_media_type(file.path))

    async def _show(self, request: Request) -> Response:
        """For who is signed in by a session; all others are sent to do so, and come back."""
        token = request.cookies.get(SESSION_COOKIE)
        try:
            actor = await find_actor(request)
        except Unauthenticated:
            actor = None
        if actor is None or token is None:
            return RedirectResponse(_sign_in(request), 303, {"Cache-Control": "no-store"})
        nonce = _nonce(token)
        etag = etag_of(self._build, nonce)
        headers = {
            "ETag": etag,
            # Always asked for anew: who signs out sees it no more, and a new build is seen at once.
            "Cache-Control": f"private, {_ASK}",
            "Vary": "Cookie",
            "Content-Security-Policy": _CSP.format(nonce=nonce),
        }
        if is_unchanged(request, etag):
            return Response(status_code=304, headers=headers)
        page = self._page.replace(_NONCE, _NONCE + nonce, 1)
        return Response(page, headers=headers, media_type="text/html")


def find_editor(folder: Path = FOLDER) -> Editor | None:
    """None: Treadle was installed without it."""
    return Editor(folder) if (folder / _INDEX).is_file() else None


def _nonce(session: str) -> str:
    """What the page's own style elements carry. It is of the session, not of one answer: so the page keeps an `ETag`,
    and a page that came out of the browser's cache fits the policy that came with it."""
    return hmac.new(session.encode(), b"treadle style nonce 1", hashlib.sha256).hexdigest()[:32]


def _sign_in(request: Request) -> str:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/sign-in" if here == "/" else f"/sign-in?next={quote(here, safe='')}"


def _media_type(path: Path) -> str:
    # Not the machine's own table of types, which may say anything of `.js`.
    known = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
    return known.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
