"""The page of actions: what each takes."""

from __future__ import annotations

from docs.generator.markdown import GENERATED, code, table
from treadle.service.access.actions import ACTIONS


def page() -> str:
    rows = [
        (
            code(action.name),
            action.summary,
            action.role,
            action.level or "",
            code(action.scope),
            "yes" if action.audited else "",
        )
        for action in ACTIONS.values()
    ]
    parts = [
        "# Permissions",
        GENERATED,
        "What an action takes: the least role that may do it, the level on the workflow concerned (of workflows with "
        "an owner; a role is the ceiling of what a share gives), and the scope of an API key. What is audited is "
        "remembered, refused or not. Administrators, and the command line on the machine of the store, may everything.",
        table(["Action", "What", "Role", "On the workflow", "Scope", "Audited"], rows),
    ]
    return "\n\n".join(parts) + "\n"
