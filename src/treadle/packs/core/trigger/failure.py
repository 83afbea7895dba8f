"""Start a run for each run that failed."""

from typing import Annotated, Any, NamedTuple, cast

from pydantic import Field

from treadle.node import Fire, JsonValue, trigger

WORKFLOWS = "Of which workflows; of all if empty"


class Failed(NamedTuple):
    run: Annotated[
        dict[str, JsonValue],
        Field(description="{id, workflow, version, deployment, parent, mode, input, at}: the run that failed"),
    ]
    error: Annotated[dict[str, JsonValue], Field(description="{type, message, node, attempt, details}: of what")]


@trigger(
    "trigger.failure",
    title="Failure",
    example={
        "config": {"workflows": ["import-orders"]},
        "inputs": {},
        "outputs": {
            "run": {
                "id": "r06gzq7re53eknqneck6z",
                "workflow": "import-orders",
                "version": "3f9c1a2b4d5e",
                "deployment": "import-orders",
                "parent": None,
                "mode": "live",
                "input": {},
                "at": "2026-01-05T09:00:00+00:00",
            },
            "error": {
                "type": "connection",
                "message": "The service could not be reached.",
                "node": "fetch",
                "attempt": 3,
                "details": {},
            },
        },
    },
)
def failure(fire: Fire, *, workflows: Annotated[tuple[str, ...], Field(description=WORKFLOWS)] = ()) -> Failed:
    """Start a run for each run that fails, whatever it was started by.

    Each failure starts one run of the deployment at most; a run that is retried and fails again has failed again. The
    failure of a run that was itself started for a failure, or of a child of one, starts nothing, so that handlers
    cannot start each other for ever. A run started by hand sees its input as the failure.
    """
    heard: dict[str, Any] = {}
    event: Any = fire.payload
    if isinstance(event, dict):
        body = cast("dict[str, Any]", event["payload"])
        heard = {**body, "id": body["run"], "at": event["at"]}
    error: Any = heard.get("error") or {"type": "error", "message": "", "node": None, "attempt": None, "details": {}}
    names = ("id", "workflow", "version", "deployment", "parent", "mode", "input", "at")
    by_hand = {"input": dict(fire.input), "at": fire.at.isoformat()}
    return Failed(run={**dict.fromkeys(names), **by_hand, **{n: heard[n] for n in names if n in heard}}, error=error)
