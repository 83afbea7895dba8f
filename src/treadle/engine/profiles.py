"""The profiles that a run is bound to, as its effects see them."""

from __future__ import annotations

from collections.abc import Mapping

from treadle.engine.world import World
from treadle.errors import NodeError
from treadle.model.nearest import listed
from treadle.model.run import RunRecord

_SAYS = ("provider", "exchange")
"""Fields by which a profile of the environment says whose credentials it holds."""


def fields_of(world: World, run: RunRecord, name: str | None, *, provider: str | None) -> Mapping[str, str]:
    """See `treadle.node.Context.profile`. No profile that says of no provider is given to one: what is sent to a
    stranger is known to them."""
    bound = () if run.origin is None else run.origin.profiles
    if name is None:
        name = next((one for one in bound if provider is not None and provider_of(world, one) == provider), None)
        return {} if name is None else world.profiles.get(name, {})
    if name not in bound:
        has = f"It is bound to {listed(bound)}." if bound else "It is bound to none."
        raise NodeError(
            f"The run is not bound to the profile `{name}`. {has}",
            code="profile_not_bound",
            remedy=f"Bind it where the run is started or deployed: `--profile {name}`.",
            retryable=False,
            profile=name,
        )
    return world.profiles.get(name, {})


def provider_of(world: World, name: str) -> str | None:
    """What a profile is for: what it was made for, else its field `provider` or `exchange`, else its name."""
    known = None if world.provider_of is None else world.provider_of(name)
    if known is not None:
        return known
    fields = world.profiles.get(name, {})
    return next((fields[field] for field in _SAYS if fields.get(field)), name)
