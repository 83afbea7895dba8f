"""Run a person's code without letting it touch this process, its files, its secrets or the network.

`run_python` interprets Python in a process of its own that has no operating system to call;
`run_javascript` runs QuickJS, and `run_python_trusted` CPython, in a process locked by Landlock, seccomp and
resource limits; `run_shell` starts a program from an argument list. All are coroutines, and none leaves a
process of the program behind when it times out or is cancelled.
"""

from treadle.packs.code.sandbox.jail import close_jails
from treadle.packs.code.sandbox.javascript import run_javascript
from treadle.packs.code.sandbox.limits import Limits
from treadle.packs.code.sandbox.monty import close_interpreters, run_python
from treadle.packs.code.sandbox.outcome import Outcome, ShellOutcome
from treadle.packs.code.sandbox.shell import run_shell
from treadle.packs.code.sandbox.trusted import run_python_trusted

__all__ = [
    "Limits",
    "Outcome",
    "ShellOutcome",
    "close_interpreters",
    "close_jails",
    "run_javascript",
    "run_python",
    "run_python_trusted",
    "run_shell",
]
