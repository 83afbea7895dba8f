"""What can be done, and what it takes: the table that authorisation, scopes and the documentation are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from treadle.model.holding import Level
from treadle.service.access.actor import ROLES, Role


@dataclass(frozen=True, slots=True)
class Action:
    """`role` is the least that may do it at all, `level` what it takes on the workflow concerned (None: none is).

    What `changes` something needs the scope `<resource>:write`, all else `<resource>:read`. What is `audited` is
    remembered, refused or not.
    """

    name: str
    role: Role
    level: Level | None
    changes: bool
    audited: bool
    summary: str

    @property
    def scope(self) -> str:
        return f"{self.resource}:{'write' if self.changes else 'read'}"

    @property
    def resource(self) -> str:
        """What it is done to: `runs` of `runs.cancel`."""
        return self.name.partition(".")[0]


def _read(name: str, summary: str, *, role: Role = "viewer", level: Level | None = "view") -> Action:
    return Action(name, role, level, changes=False, audited=False, summary=summary)


def _change(name: str, summary: str, *, role: Role, level: Level | None, audited: bool = True) -> Action:
    return Action(name, role, level, changes=True, audited=audited, summary=summary)


_ALL = (
    _read("workflows.list", "List the workflows one may see", level=None),
    _read("workflows.read", "Read a workflow, its versions, drafts and differences"),
    _read("workflows.validate", "Check a workflow that is not stored", level=None),
    _change("workflows.create", "Create a workflow", role="editor", level=None),
    _change("workflows.edit", "Save a draft; set tags", role="editor", level="edit", audited=False),
    _change("workflows.publish", "Publish a version, roll back", role="editor", level="edit"),
    _change("workflows.delete", "Delete and restore a workflow", role="editor", level="own"),
    _change("workflows.share", "Share a workflow", role="editor", level="own"),
    _change("workflows.transfer", "Give a workflow to somebody else, or to everybody", role="admin", level="own"),
    _read("runs.list", "List the runs one may see", level=None),
    _read("runs.read", "Read a run: its values, log, timeline and events"),
    _change("runs.start", "Start a run", role="operator", level="operate", audited=False),
    _change("runs.test", "Run a definition that is not published, or a single node", role="editor", level="edit"),
    _change("runs.debug", "Stop a test run at breakpoints, and go on with other values", role="editor", level="edit"),
    _change("runs.cancel", "Cancel a run", role="operator", level="operate"),
    _change("runs.retry", "Retry a failed run", role="operator", level="operate"),
    _change("runs.resolve", "Say what became of an effect in doubt", role="operator", level="operate"),
    _change("runs.fork", "Fork a run", role="operator", level="operate"),
    _change("runs.move", "Move a waiting run to another version", role="editor", level="edit"),
    _change("runs.dismiss", "Put a failed run aside", role="operator", level="operate"),
    _read("runs.record", "Make a test of a recorded run", role="editor", level="edit"),
    _read("runs.replay", "Replay a version over recorded runs", role="operator", level="operate"),
    _read("deployments.list", "List the deployments one may see", level=None),
    _read("deployments.read", "Read a deployment, its metrics and state"),
    _change("deployments.create", "Deploy a workflow", role="editor", level="edit"),
    _change("deployments.update", "Change a deployment", role="editor", level="edit"),
    _change("deployments.control", "Start, pause, stop and halt a deployment", role="operator", level="operate"),
    _change("deployments.state", "Change or clear a deployment's state", role="operator", level="operate"),
    _read("backtests.list", "List the backtests one may see", level=None),
    _read("backtests.read", "Read a backtest: its figures, trades and series"),
    _change("backtests.start", "Start and cancel a backtest", role="editor", level="edit"),
    _change("backtests.delete", "Remove a backtest", role="editor", level="edit"),
    _read("bars.list", "List the bars that are here, and downloads of them", level=None),
    _change("bars.download", "Download bars; cancel a download", role="editor", level=None),
    _change("bars.upload", "Keep the bars of a file", role="editor", level=None),
    _change("bars.delete", "Delete bars", role="editor", level=None),
    _read("schedules.list", "List schedules and their next fire times", level=None),
    _change("schedules.control", "Pause and resume a schedule", role="operator", level="operate"),
    _read("tasks.list", "List open tasks", level=None),
    _read("tasks.read", "Read a task and its form"),
    _change("tasks.answer", "Complete a task", role="operator", level="operate"),
    _read("signals.list", "List signals that nobody took", level=None, role="operator"),
    _change("signals.send", "Send a signal to runs", role="operator", level="operate", audited=False),
    _change("signals.broadcast", "Send a signal to whoever waits for it", role="operator", level=None, audited=False),
    _change("signals.drop", "Forget a signal that nobody took", role="operator", level=None),
    _change("events.publish", "Publish an event", role="operator", level=None, audited=False),
    _read("nodes.read", "Read the node types", level=None),
    _read("templates.list", "List and recommend templates", level=None),
    _read("templates.read", "Read a template, what became of it and what is said of it", level=None),
    _change("templates.publish", "Make a template of a workflow, for everybody", role="editor", level="edit"),
    _change("templates.import", "Publish a template from a file; take one's own back", role="editor", level=None),
    _change("templates.rate", "Rate a template", role="viewer", level=None, audited=False),
    _read("profiles.list", "List profiles and secrets by name", role="operator", level=None),
    _change("profiles.write", "Create, change and delete profiles", role="editor", level=None),
    _change("profiles.test", "Test a profile's connection", role="editor", level=None, audited=False),
    _change("secrets.write", "Set and delete the secrets of every run; rotate the key", role="admin", level=None),
    _read("me.read", "Read who one is", level=None),
    _change("me.change", "Change one's own password; end one's sessions", role="viewer", level=None),
    _change("keys.own", "Make and revoke API keys of one's own", role="viewer", level=None),
    _read("users.names", "List names of users and teams, to share with", level=None),
    _read("users.list", "List users, their quotas, sessions and keys", role="admin", level=None),
    _change("users.write", "Create, change and disable users; revoke their keys", role="admin", level=None),
    _change("teams.write", "Create, change and delete teams", role="admin", level=None),
    _read("audit.read", "Read and verify the audit log", role="admin", level=None),
    _read("system.read", "Read the health and the settings of the installation", role="admin", level=None),
    _change("system.backup", "Make a copy of the store", role="admin", level=None),
)

ACTIONS: dict[str, Action] = {action.name: action for action in _ALL}
"""Every action by its name."""

SCOPES: tuple[str, ...] = tuple(sorted({action.scope for action in _ALL}))
"""What an API key may be narrowed to, besides `*`."""


def least_roles() -> dict[str, dict[Literal["read", "write"], Role]]:
    """What there are scopes for, with the least role that may read anything of it, and change anything of it.

    In the order of the table. A resource that nobody reads has no `read`, one that nobody changes no `write`.
    """
    roles: dict[str, dict[Literal["read", "write"], Role]] = {}
    for action in _ALL:
        least = roles.setdefault(action.resource, {})
        reach: Literal["read", "write"] = "write" if action.changes else "read"
        known = least.get(reach, action.role)
        least[reach] = known if ROLES.index(known) < ROLES.index(action.role) else action.role
    return roles
