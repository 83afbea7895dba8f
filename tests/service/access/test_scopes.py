"""What scopes there are, and the least role that each is of use to."""

from __future__ import annotations

from treadle.service.access.actions import SCOPES, least_roles


def test_a_scope_takes_the_least_role_of_what_it_allows() -> None:
    roles = least_roles()

    assert roles["runs"] == {"read": "viewer", "write": "operator"}
    assert roles["audit"] == {"read": "admin"}
    assert roles["events"] == {"write": "operator"}


def test_every_scope_has_a_least_role() -> None:
    assert {f"{resource}:{reach}" for resource, roles in least_roles().items() for reach in roles} == set(SCOPES)
