"""Webhooks: who may call, what runs, and what the caller hears."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from treadle.errors import (
    Conflict,
    ExpressionError,
    InvalidWorkflow,
    LimitExceeded,
    NotFound,
    StoreError,
    TreadleError,
    Unauthenticated,
)
from treadle.model.ids import RunId
from treadle.model.nearest import listed
from treadle.model.run import Origin, RunRecord
from treadle.service.access.throttle import network_of
from treadle.service.hooks.address import Kind
from treadle.service.hooks.authentication import REASONS, Refused, require_sender
from treadle.service.hooks.incoming import Incoming, Reply
from treadle.service.hooks.pace import Pace
from treadle.service.hooks.starting import Heard, Starting
from treadle.service.hooks.table import HookRoute, HookTable

if TYPE_CHECKING:
    from treadle.service.application import Application

log = logging.getLogger("treadle.service")

_FAILURES_A_MINUTE = 60
_LONGEST_KEY = 255
_TOLD_A_MINUTE = 6
_SAID = frozenset({"invalid_input", "invalid_json", "invalid_key", "key_reused"})
"""What is wrong with the request and may be said to whoever sent it."""


class Hooks:
    """What webhooks and forms stand on. Whoever calls is a stranger: nothing is said of what is behind an address."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.table = HookTable(application)
        self.starting = Starting(application)
        self._pace = Pace(application.settings.hook_rate)
        self._failures = Pace(_FAILURES_A_MINUTE)
        self._form_pace = Pace(application.settings.form_rate)
        self._told = Pace(_TOLD_A_MINUTE)

    async def find(self, kind: Kind, path: str, method: str) -> tuple[HookRoute, dict[str, str]]:
        """What answers. Raises `NotFound`, the same whatever is missing."""
        for route, matched in await self.table.find(kind, path):
            if method in route.methods:
                return route, matched
        raise nothing_here()

    async def find_origins(self, path: str, method: str) -> tuple[str, ...]:
        """The origins whose pages may send `method` to a webhook."""
        for route, _ in await self.table.find("hooks", path):
            if method in route.methods:
                return tuple(route.config.get("cors", ()))
        return ()

    def take_turn(self, route: HookRoute, address: str | None) -> None:
        """Count a request of an address. Raises `LimitExceeded`."""
        self._pace.take((route.id, network_of(address)))

    def take_form_turn(self, what: str, address: str | None) -> None:
        """Count a form that was sent, to a route or a task. Raises `LimitExceeded`."""
        self._form_pace.take((what, network_of(address)))

    def require_sender(
        self, route: HookRoute, headers: Mapping[str, str], raw: bytes, address: str | None
    ) -> str | None:
        """The id that the request was signed under, if it was. Raises `Unauthenticated`, `LimitExceeded`."""
        if route.config.get("auth", "none") == "none":
            return None
        network = network_of(address)
        self._failures.require(network)
        try:
            secret = self._secret_of(route)
            now = self.application.world.clock.now()
            return require_sender(route.config, secret, headers=headers, raw=raw, now=now)
        except Unauthenticated:
            self._failures.take(network)
            raise

    def tell_refusal(self, route: HookRoute, error: TreadleError, address: str | None) -> None:
        """Log why a request was refused, for whoever runs the server: the caller hears less. Not for each of many."""
        reason = error.reason if isinstance(error, Refused) else error.code
        try:
            self._told.take((route.id, reason))
        except LimitExceeded:
            return
        log.warning(
            "A request to `%s` was refused (%s): %s",
            route.id,
            reason,
            REASONS.get(reason, error.message),
            extra={"webhook": route.id, "reason": reason, "address": network_of(address)},
        )

    def _secret_of(self, route: HookRoute) -> str | None:
        if route.secret is None:
            return None
        profiles = route.deployment.profiles
        asked = RunRecord(
            RunId(""),
            route.workflow.name,
            route.workflow.version,
            origin=Origin(profiles=profiles) if profiles else None,
        )
        secrets = self.application.world.secrets_for(asked)
        named = {path[1] for path in route.secret.paths if path[:1] == ("secrets",) and len(path) > 1}
        try:
            found = route.secret.evaluate({"secrets": {name: secrets[name] for name in named if name in secrets}})
        except ExpressionError:
            return None  # nobody is let in, and why is logged with the refusal
        return found if isinstance(found, str) else None

    async def answer(self, route: HookRoute, incoming: Incoming, *, signed_id: str | None = None) -> Reply:
        """Start the run of a request and say what its trigger's `respond` asks for.

        Raises `InvalidWorkflow` for a request that does not fit, `NotFound` when nothing answers any more,
        `LimitExceeded`, `StoreError`.
        """
        try:
            values = _map(route, incoming)
            key = _key_of(incoming, signed_id)
            payload = incoming.payload()
            respond: str = route.config.get("respond", "at_once")
            if respond == "at_once":
                return _accepted(await self.starting.start(route, payload, values, key=key))
            wait = float(route.config.get("wait", 30.0))
            heard = await self.starting.run(route, payload, values, wait=wait, key=key, answers=respond == "respond")
        except TreadleError as error:
            raise for_strangers(error, route) from error
        if heard.repeated and signed_id is not None:
            return _accepted(heard)  # who sends it again may not be who sent it: they hear nothing of the run
        return _reply(heard, answers=respond == "respond")


def nothing_here() -> NotFound:
    return NotFound("There is nothing here.", code="not_found", remedy="Check the address and the method.")


def for_strangers(error: TreadleError, route: HookRoute) -> TreadleError:
    """What may be said of `error` to whoever is outside."""
    code = error.code
    if code == "not_active":
        return nothing_here()
    if isinstance(error, Conflict) and code == "draining":
        return StoreError("The server is about to stop.", code="draining", remedy="Send it again in a moment.")
    if code in _SAID or not isinstance(error, InvalidWorkflow | NotFound | Conflict):
        return error
    log.error("`%s` could start no run: %s", route.id, error)
    return StoreError("No run could be started.", code="cannot_start", remedy="Whoever runs the server sees why.")


def _map(route: HookRoute, incoming: Incoming) -> dict[str, Any]:
    if not route.inputs:
        return {}
    scope = {
        "body": incoming.body,
        "query": incoming.query,
        "headers": incoming.headers,
        "path": incoming.path,
        "method": incoming.method,
    }
    values: dict[str, Any] = {}
    missing: list[str] = []
    for name, expression in route.inputs.items():
        try:
            values[name] = expression.evaluate(scope)
        except ExpressionError:
            lacks = [".".join(path) for path in sorted(expression.paths) if not _has(scope, path)]
            # What is made of them is the workflow's own business: a stranger hears which fields to send.
            missing += lacks or [name]
    if missing:
        raise InvalidWorkflow(
            f"The request does not say what is needed: {listed(dict.fromkeys(missing))}.",
            code="invalid_input",
            remedy="Send what is missing.",
        )
    return values


def _has(scope: Mapping[str, Any], path: Sequence[str]) -> bool:
    value: Any = scope
    for name in path:
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = cast("Mapping[str, Any]", value)[name]
    return True


def _key_of(incoming: Incoming, signed_id: str | None) -> str | None:
    if signed_id is not None:
        return f"signed:{signed_id}"
    key = incoming.headers.get("idempotency-key")
    if key is None:
        return None
    if not key.strip() or len(key) > _LONGEST_KEY:
        raise InvalidWorkflow(
            f"The `Idempotency-Key` has {len(key)} characters.",
            code="invalid_key",
            remedy=f"Use 1 to {_LONGEST_KEY}, another for each request.",
        )
    return f"key:{key}"


def _accepted(heard: Heard, status: str = "accepted") -> Reply:
    return Reply(202, {"run": heard.run_id, "status": "repeated" if heard.repeated else status}, run_id=heard.run_id)


def _reply(heard: Heard, *, answers: bool) -> Reply:
    run_id, result = heard.run_id, heard.result
    if heard.answer is not None:
        return Reply(heard.answer.status, heard.answer.body, heard.answer.headers, run_id, plain=True)
    if result is None or result.status in ("suspended", "running", "queued"):
        return _accepted(heard, "accepted" if result is None else result.status)
    if result.status == "completed" and not answers:
        return Reply(200, result.output, {}, run_id)
    if result.status == "completed" and heard.repeated:
        return _accepted(heard)
    said = {"completed": "no_answer", "cancelled": "run_cancelled"}.get(result.status, "run_failed")
    words = {
        "no_answer": "The run ended without an answer.",
        "run_cancelled": "The run was cancelled.",
        "run_failed": "The run failed.",
    }
    problem = {
        "type": f"urn:treadle:error:{said}",
        "title": words[said],
        "status": 500,
        "code": said,
        "run": run_id,
    }
    return Reply(500, problem, {"Content-Type": "application/problem+json"}, run_id)
