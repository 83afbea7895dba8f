"""Run a program of this machine."""

from typing import Annotated, NamedTuple

from pydantic import Field

from treadle.errors import MissingCapability
from treadle.model.duration import Duration
from treadle.node import Context, Needed, effect


class Finished(NamedTuple):
    stdout: str
    stderr: str
    exit_code: int


@effect(
    "code.shell",
    in_doubt="ask",
    title="Shell",
    timeout=3600.0,
    example={
        "config": {"command": ["wc", "-w"]},
        "inputs": {"stdin": "three short words"},
        "outputs": {"stdout": "3\n", "stderr": "", "exit_code": 0},
    },
)
async def shell(
    ctx: Context,
    stdin: Annotated[str | None, Needed(), Field(description="Text the program reads")] = None,
    *,
    command: Annotated[
        list[str], Field(min_length=1, description="The program and its arguments, each an item; no shell reads it")
    ],
    environment: Annotated[
        dict[str, str] | None, Field(description="Environment variables; the program gets these and PATH only")
    ] = None,
    time_limit: Annotated[Duration, Field(gt=0, le=3600, description="Longest the program may run")] = 60.0,
    memory_mb: Annotated[int, Field(ge=16, le=16384, description="Memory it may use, in megabytes")] = 1024,
) -> Finished:
    """Run a program of this machine in the workspace folder, given as a list of arguments, never as a joined string.

    Off unless the operator allows it (`TREADLE_ALLOW_SHELL=1`): the program may do whatever this process's user may.
    An exit code other than 0 is a result, not a failure; look at `exit_code`.
    """
    if not ctx.permissions.shell:
        raise MissingCapability(
            "Programs of this machine may not be run here.",
            code="shell_not_allowed",
            remedy="Set TREADLE_ALLOW_SHELL=1 (or `allow_shell = true` in treadle.toml) if that is wanted.",
        )
    from treadle.packs.code.python import Programs
    from treadle.packs.code.sandbox import Limits, run_shell

    ctx.resource(Programs)
    outcome = await run_shell(
        command,
        stdin=stdin,
        limits=Limits(seconds=time_limit, memory_mb=memory_mb),
        cwd=ctx.permissions.workspace,
        environment={"PATH": "/usr/local/bin:/usr/bin:/bin", **(environment or {})},
    )
    return Finished(outcome.stdout, outcome.stderr, outcome.exit_code)
