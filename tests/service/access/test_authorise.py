"""The one function that says who may do what."""

from __future__ import annotations

import pytest

from treadle.errors import Forbidden, NotFound, Unauthenticated
from treadle.model.holding import Holding, Share
from treadle.service.access.actions import ACTIONS
from treadle.service.access.actor import LOCAL, ROLES, Actor
from treadle.service.access.authorise import authorise, find_level

PUBLISH, READ = ACTIONS["workflows.publish"], ACTIONS["workflows.read"]


def user(role: str, name: str = "ann", **more: object) -> Actor:
    return Actor(name, role, "session", user_id=f"u-{name}", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_each_role_may_what_those_before_it_may(action) -> None:
    def may(role: str) -> bool:
        try:
            authorise(user(role), action, Holding("orders"))
        except Forbidden:
            return False
        return True

    allowed = [may(role) for role in ROLES]

    assert allowed == sorted(allowed)
    assert allowed[-1]


def test_nobody_may_nothing() -> None:
    for action in ACTIONS.values():
        with pytest.raises(Unauthenticated):
            authorise(Actor("nobody", "admin", "nobody"), action)


def test_a_link_lets_answer_a_task_and_nothing_else() -> None:
    link = Actor("bob", "operator", "link")
    authorise(link, ACTIONS["tasks.answer"], Holding("orders", "u-ann"))

    with pytest.raises(Unauthenticated):
        authorise(link, ACTIONS["runs.read"], Holding("orders"))


def test_what_belongs_to_somebody_else_is_not_known() -> None:
    with pytest.raises(NotFound):
        authorise(user("editor", "bob"), READ, Holding("orders", "u-ann"))


def test_a_share_reaches_as_far_as_it_says() -> None:
    holding = Holding("orders", "u-ann", [Share("team", "t1", "view"), Share("user", "u-bob", "operate")])

    assert find_level(user("editor", "bob", teams=frozenset({"t1"})), holding) == "operate"
    assert find_level(user("editor", "cid", teams=frozenset({"t1"})), holding) == "view"
    with pytest.raises(Forbidden, match="takes edit"):
        authorise(user("editor", "bob"), PUBLISH, holding)


def test_a_share_lets_nobody_do_more_than_their_role() -> None:
    holding = Holding("orders", "u-ann", [Share("everybody", "", "edit")])

    assert find_level(user("viewer", "bob"), holding) == "view"


def test_this_machine_and_administrators_are_kept_from_nothing() -> None:
    holding = Holding("orders", "u-ann")

    assert find_level(LOCAL, holding) == find_level(user("admin", "bob"), holding) == "own"


def test_a_key_does_what_its_scopes_say() -> None:
    narrow = user("admin", scopes=frozenset({"workflows:read", "runs:write"}))
    authorise(narrow, READ)
    authorise(narrow, ACTIONS["runs.read"])

    with pytest.raises(Forbidden, match="lacks the scope `workflows:write`"):
        authorise(narrow, PUBLISH)
