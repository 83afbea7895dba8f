"""What to do about an error, for whoever asks over HTTP: an address of the API where the command line has a command."""

from __future__ import annotations

import re
from collections.abc import Callable

_COMMAND = re.compile(r"`treadle ([a-z]+)( [^`]*)?`|(?<!`)\btreadle (status|fork|resolve)( .+)$")
_OPTIONS = {
    "or say how often: `--every 5m`": "or send how often, in seconds: `every: 300`",
    "or deploy it with `--every 5m`": "or deploy it with `every: 300`",
    "without `--move-waiting`": "with `waiting: keep`",
    "`--key input.account`": "`key: input.account`",
    "all the same (`--force`)": "all the same (`force=true`)",
    "in these words (`--confirm`)": "in these words (`confirm`)",
    "`treadle list --workflows`": "`GET /workflows`",
}
_ADDRESSES: dict[str, Callable[[list[str]], str]] = {
    "backtests list": lambda names: "GET /backtests",
    "bars delete": lambda names: f"DELETE /bars/{names[0]}",
    "bars download": lambda names: "POST /bars/download",
    "bars list": lambda names: "GET /bars",
    "dead": lambda names: "GET /failures",
    "deploy": lambda names: "POST /deployments",
    "deployments": lambda names: "GET /deployments",
    "draft discard": lambda names: f"DELETE /workflows/{names[0]}/draft",
    "draft save": lambda names: f"PUT /workflows/{'{name}' if names[0] == 'FILE' else names[0].removesuffix('.yaml')}",
    "fork": lambda names: f"POST /runs/{names[0]}/fork",
    "list": lambda names: "GET /runs",
    "move": lambda names: "POST /runs/{run_id}/move",
    "nodes": lambda names: "GET /nodes",
    "pause": lambda names: f"POST /deployments/{names[0] if names else '{name}'}/pause",
    "profile list": lambda names: "GET /profiles",
    "profile set": lambda names: f"PATCH /profiles/{names[0]}",
    "publish": lambda names: "POST /workflows" if names[0] == "FILE" else f"POST /workflows/{names[0]}/publish",
    "resolve": lambda names: f"POST /runs/{names[0]}/resolve",
    "retry": lambda names: f"POST /runs/{names[0] if names else '{run_id}'}/retry",
    "risk reset": lambda names: f"DELETE /deployments/{names[0] if names else '{name}'}/halt",
    "schedule list": lambda names: "GET /schedules",
    "signal": lambda names: "GET /signals",
    "start": lambda names: f"POST /deployments/{names[0]}/start",
    "status": lambda names: f"GET /runs/{names[0] if names else '{run_id}'}",
    "tasks": lambda names: "GET /tasks?status=all",
    "team list": lambda names: "GET /teams",
    "templates": lambda names: "GET /templates",
    "user link": lambda names: f"POST /users/{names[0]}/sign-in-links",
    "user list": lambda names: "GET /users",
    "versions": lambda names: f"GET /workflows/{names[0]}/versions",
}
"""Commands that have an operation. What is done on the machine itself (`treadle up`, `treadle db`) has none."""


def for_api(text: str) -> str:
    """The text with each command of ours as the operation that does the same."""
    for said, instead in _OPTIONS.items():
        text = text.replace(said, instead)
    text = re.sub(r"`--set ([^`=]+)=…`", r'`outputs: {"\1": …}`', text)
    text = re.sub(r"`--stub ([^`=]+)=[^`]*`", r'`stubs: {"\1": …}`', text)
    text = re.sub(r"`--data ([^`=]+)=[^`]*`", r'`data: [{"symbol": "\1", "source": …}]`', text)
    return _COMMAND.sub(_instead, text) if "treadle " in text else text


def _instead(found: re.Match[str]) -> str:
    words = [found[1] or found[3], *(found[2] or found[4] or "").split()]
    given = [word for word in words if not word.startswith("-")]
    for length in (2, 1):
        address = _ADDRESSES.get(" ".join(given[:length]))
        if address is not None:
            try:
                return f"`{address(given[length:])}`"
            except IndexError:
                break
    return found[0]
