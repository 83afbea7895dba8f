"""Users, sessions, keys, teams, sharing and the audit log as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from treadle.server.models.workflows import Body
from treadle.server.paging import Page
from treadle.service.access.actor import Actor
from treadle.service.access.keys import MadeKey
from treadle.service.access.sharing import Shared
from treadle.service.access.users import SHOWN
from treadle.store import audit, identities, teams

RoleName = Literal["viewer", "operator", "editor", "admin"]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(max_length=1000)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Quotas(Body):
    """What the workflows of one user may use; null: as the installation's settings say."""

    workflows: Count | None = None
    runs_per_day: Count | None = None
    concurrent_runs: Count | None = None
    nodes: Count | None = Field(default=None, description="Of one workflow.")
    run_seconds: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None


class User(BaseModel):
    id: str
    name: str
    role: RoleName
    created_at: datetime
    disabled_at: datetime | None = None
    has_password: bool = Field(description="Whether they can sign in without a link.")
    quotas: Quotas | None = Field(default=None, description="Their own; null: those of the installation.")


class UserPage(Page[User]):
    """Users, by name."""


class CreateUser(Body):
    name: Name
    role: RoleName = "viewer"
    password: Password | None = None
    quotas: Quotas | None = None


class ChangeUser(Body):
    name: Name | None = None
    role: RoleName | None = None
    quotas: Quotas | None = Field(default=None, description="null takes back their own.")


class SetPassword(Body):
    password: Password


class ChangePassword(Body):
    password: Password
    current_password: Password | None = Field(default=None, description="Needed where there is one.")


class MakeLink(Body):
    seconds: Annotated[int, Field(ge=1, le=604_800)] = 600


class SignInLink(BaseModel):
    """Signs in once."""

    path: str = Field(description="Below the server's address.")
    seconds: int


class TransferWorkflows(Body):
    to: Name | None = Field(description="A user; null: everybody.")


class Transferred(BaseModel):
    workflows: list[str]


class UserNames(BaseModel):
    """With whom a workflow can be shared."""

    users: list[str]
    teams: list[str]


class SignIn(Body):
    name: Name
    password: Password


class Me(BaseModel):
    """Who asks."""

    id: str | None
    name: str
    role: RoleName
    via: str
    scopes: list[str] | None = Field(default=None, description="What the API key is narrowed to; null: nothing.")
    teams: list[str] = Field(default_factory=list[str], description="Ids.")
    has_password: bool
    csrf: str | None = Field(default=None, description="For `X-Treadle-CSRF`; null without a session.")


class Session(BaseModel):
    """A browser that is signed in."""

    id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str | None = None
    current: bool = Field(default=False, description="The one that asks.")


class Sessions(BaseModel):
    items: list[Session]


class EndedSessions(BaseModel):
    ended: int


class Key(BaseModel):
    id: str
    user_id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = Field(default=None, description="To the minute.")
    revoked_at: datetime | None = None


class KeyPage(Page[Key]):
    """API keys, newest first. Their texts are nowhere."""


class MakeKey(Body):
    name: Name
    scopes: Annotated[list[Annotated[str, StringConstraints(max_length=60)]], Field(min_length=1, max_length=100)] = (
        Field(default=["*"], description="`*` is everything that the role allows; else such as `runs:read`.")
    )
    expires_at: AwareDatetime | None = None


class NewKey(BaseModel):
    """The only time that the text is shown."""

    key: Key
    text: str


class Team(BaseModel):
    id: str
    name: str
    created_at: datetime
    members: list[str]


class TeamPage(Page[Team]):
    """Teams, by name."""


class CreateTeam(Body):
    name: Name
    members: Annotated[list[Name], Field(max_length=10_000)] = Field(default_factory=list[str])


class ChangeTeam(Body):
    name: Name | None = None
    members: Annotated[list[Name], Field(max_length=10_000)] | None = None


class Share(BaseModel):
    kind: Literal["user", "team", "everybody"]
    name: str
    level: Literal["view", "operate", "edit", "own"]


class Sharing(BaseModel):
    """Whose a workflow is, with whom it is shared, and what the one who asks may do with it."""

    workflow: str
    owner: str | None = Field(description="null: it is everybody's, as far as their role goes.")
    shares: list[Share]
    level: Literal["view", "operate", "edit", "own"] | None


class ShareWith(Body):
    kind: Literal["user", "team", "everybody"]
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    level: Literal["view", "operate", "edit"] = "view"


class TransferWorkflow(Body):
    to: Name | None = Field(description="A user; null: everybody.")


class AuditEntry(BaseModel):
    id: int
    at: datetime
    actor: str | None = None
    name: str
    via: str
    address: str | None = None
    action: str
    subject: str | None = None
    outcome: str
    details: dict[str, Any]
    digest: str


class AuditPage(Page[AuditEntry]):
    """Newest first."""


class AuditVerdict(BaseModel):
    """`broken` is the first entry that is not as it was written, or is missing; null: all are."""

    ok: bool
    entries: int
    digest: str
    broken: int | None = None


def show_user(user: identities.User) -> User:
    quotas = None if user.quotas is None else Quotas(**user.quotas)
    return User(
        id=user.id,
        name=user.name,
        role=user.role,  # type: ignore[arg-type]
        created_at=user.created_at,
        disabled_at=user.disabled_at,
        has_password=user.password is not None,
        quotas=quotas,
    )


def show_me(user: identities.User, actor: Actor, csrf: str | None) -> Me:
    return Me(
        id=actor.user_id,
        name=actor.name,
        role=actor.role,
        via=actor.via,
        scopes=None if actor.scopes is None else sorted(actor.scopes),
        teams=sorted(actor.teams),
        has_password=user.password is not None,
        csrf=csrf,
    )


def show_session(session: identities.Session, current: str | None) -> Session:
    return Session(
        id=session.digest[:SHOWN],
        created_at=session.created_at,
        seen_at=session.seen_at,
        expires_at=session.expires_at,
        agent=session.agent,
        current=session.digest == current,
    )


def show_key(key: identities.ApiKey) -> Key:
    return Key(
        id=key.id,
        user_id=key.user_id,
        name=key.name,
        scopes=list(key.scopes),
        created_at=key.created_at,
        expires_at=key.expires_at,
        used_at=key.used_at,
        revoked_at=key.revoked_at,
    )


def show_made(made: MadeKey) -> NewKey:
    return NewKey(key=show_key(made.key), text=made.text)


def show_team(team: teams.Team) -> Team:
    return Team(id=team.id, name=team.name, created_at=team.created_at, members=list(team.members))


def show_sharing(shared: Shared) -> Sharing:
    shares = [Share(kind=one.kind, name=one.subject, level=one.level) for one in shared.shares]
    return Sharing(workflow=shared.workflow, owner=shared.owner, shares=shares, level=shared.level)


def show_entry(entry: audit.AuditEntry) -> AuditEntry:
    return AuditEntry(
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        name=entry.name,
        via=entry.via,
        address=entry.address,
        action=entry.action,
        subject=entry.subject,
        outcome=entry.outcome,
        details=dict(entry.details),
        digest=entry.digest,
    )
