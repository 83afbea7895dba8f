"""`@operation`: what every surface calls is authorised and audited where it is implemented, and nowhere else.

    class Versions:
        @operation("workflows.publish", on="workflow")
        async def roll_back(self, workflow: str, ...) -> Version: ...

An operation that calls another is one operation: only the outer one is asked for and remembered.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from treadle.errors import Forbidden, NotFound, TreadleError, Unauthenticated
from treadle.service.access.access import Kind
from treadle.service.access.actions import ACTIONS

if TYPE_CHECKING:
    from treadle.service.application import Application

F = TypeVar("F", bound=Callable[..., Any])

_details: ContextVar[dict[str, Any] | None] = ContextVar("what the operation under way did", default=None)

OPERATIONS: dict[str, tuple[str, Kind | None]] = {}
"""Every operation by its qualified name (`Versions.roll_back`): its action, and what it is on."""


def note_details(**facts: Any) -> None:
    """Add facts (JSON values, no secrets) to what the audit log remembers of the operation under way."""
    found = _details.get()
    if found is not None:
        found.update(facts)


def operation(action: str, *, on: Kind | None = None, of: str | None = None) -> Callable[[F], F]:
    """Ask `Access` before the method runs, and note what came of it.

    `on` is what the operation concerns, and `of` the parameter that says which one: a name, an id, or an object with a
    `workflow`, `name` or `id`; by default the parameter called as `on` is, or `run_id`. The method's object has an
    `application`, or is one.
    """
    known = ACTIONS[action]

    def wrap(method: F) -> F:
        signature = inspect.signature(method)
        parameter = of or _parameter_of(on, signature)
        OPERATIONS[method.__qualname__] = (action, on)

        def find_subject(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> str | None:
            if parameter is None:
                return None
            value = signature.bind_partial(*arguments, **keywords).arguments.get(parameter)
            return None if value is None else _name_of(value, on)

        if inspect.isasyncgenfunction(method):

            @wraps(method)
            async def stream(*arguments: Any, **keywords: Any) -> AsyncIterator[Any]:
                application, subject = _application_of(arguments[0]), find_subject(arguments, keywords)
                if _details.get() is None:
                    await application.access.require(application.actor, action, on, subject)
                try:
                    # Closed with this one: what it holds open is not left to be collected some time.
                    async with aclosing(method(*arguments, **keywords)) as items:
                        async for item in items:
                            yield item
                except NotFound as error:
                    if on is not None and subject is not None and _is_of(error, on, subject):
                        raise await _unknown(application, error, on, subject) from error
                    raise

            return cast("F", stream)

        @wraps(method)
        async def guarded(*arguments: Any, **keywords: Any) -> Any:
            application = _application_of(arguments[0])
            if _details.get() is not None or not (known.audited or not application.actor.is_local):
                return await method(*arguments, **keywords)
            facts: dict[str, Any] = {}
            subject, outcome = find_subject(arguments, keywords), "done"
            token = _details.set(facts)
            try:
                await application.access.require(application.actor, action, on, subject)
                return await method(*arguments, **keywords)
            except (Forbidden, Unauthenticated):
                outcome = "refused"
                raise
            except TreadleError as error:
                outcome = "refused" if isinstance(error, NotFound) else "failed"
                facts["code"] = error.code
                if on is not None and subject is not None and _is_of(error, on, subject):
                    raise await _unknown(application, error, on, subject) from error
                raise
            except Exception:
                outcome = "failed"
                raise
            finally:
                _details.reset(token)
                if known.audited:
                    await application.access.note(application.actor, action, outcome, subject=subject, details=facts)

        return cast("F", guarded)

    return wrap


def _application_of(owner: Any) -> Application:
    return getattr(owner, "application", owner)


def _is_of(error: TreadleError, on: Kind, subject: str) -> bool:
    """Whether an error says that what the operation is on is not there."""
    return isinstance(error, NotFound) and error.code == f"unknown_{on}" and error.attributes.get(on) == subject


async def _unknown(application: Application, error: TreadleError, on: Kind, subject: str) -> TreadleError:
    """In the words for what the actor is not to know of; on this machine, in those of the operation."""
    return error if application.actor.is_local else await application.access.unknown(application.actor, on, subject)


def _parameter_of(on: Kind | None, signature: inspect.Signature) -> str | None:
    if on is None:
        return None
    names = [name for name in (on, f"{on}_id", "name") if name in signature.parameters]
    if not names:
        raise TypeError(f"Say with `of=` which parameter of {signature} names the {on}.")
    return names[0]


def _name_of(value: Any, on: Kind | None) -> str:
    if isinstance(value, str):
        return value
    for attribute in ("name", "workflow", "id") if on == "workflow" else ("id", "run_id"):
        found = getattr(value, attribute, None)
        if isinstance(found, str):
            return found
        if found is not None:
            return _name_of(found, on)
    raise TypeError(f"{value!r} does not say which {on} is meant.")
