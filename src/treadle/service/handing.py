"""Handing on: which of its profiles a run gives to those that it starts, and has start when it fails."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from treadle.errors import InvalidWorkflow
from treadle.model.nearest import listed

if TYPE_CHECKING:
    from treadle.service.application import Application


async def hand_on(
    application: Application, profiles: Sequence[str], *, caller: str, called: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the profiles of a run of `caller`, those that a run of `called` is bound to as well, and those withheld.

    Among workflows of one owner it is all of them. Whoever else owns the other has it do with them what they like: it
    is given what is nobody's, or its owner's.
    """
    if not profiles or caller == called:
        return tuple(profiles), ()
    await application.vault.refresh()
    giver, taker = [(await application.store.find_holding(name)).owner for name in (caller, called)]
    if taker is not None and giver == taker:
        return tuple(profiles), ()
    owners = application.vault.owners
    given = tuple(name for name in profiles if owners.get(name) in (None, taker))
    return given, tuple(name for name in profiles if name not in given)


@contextmanager
def naming_withheld(called: str, withheld: Sequence[str]) -> Generator[None]:
    """Where a run lacks secrets, say that it was not handed what may hold them."""
    try:
        yield
    except InvalidWorkflow as error:
        if not withheld or error.code != "missing_secret":
            raise
        raise InvalidWorkflow(
            f"`{called}` needs credentials that it is not given: {listed(error.attributes['secrets'])}. The run that "
            f"starts it has {listed(withheld)}, which the owner of `{called}` may not use.",
            code="missing_secret",
            remedy="Call a workflow of your own with them, or have them set where both may read them.",
            workflow=called,
            profiles=list(withheld),
        ) from error
