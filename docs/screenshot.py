"""`python -m docs.screenshot` writes docs/images/up.svg: what `treadle up --demo` shows on a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

IMAGE = Path(__file__).parent / "images" / "up.svg"
_COLUMNS, _ROWS, _SECONDS = 130, 26, 17.5
_PARTS = re.compile(r"\x1b\[[?\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]+|\x1b")


def record(command: list[str], *, seconds: float, folder: Path) -> str:
    """What `command` has written on a terminal in `folder` after so many seconds; it is then interrupted."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONIOENCODING": "utf-8"}
        os.execve(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    written = bytearray()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            written += os.read(terminal, 65536)
        except OSError:  # the program has ended
            break
    os.kill(child, signal.SIGINT)
    while True:
        try:
            if not os.read(terminal, 65536):
                break
        except OSError:
            break
    os.waitpid(child, 0)
    return written.decode(errors="replace")


def last_frame(written: str) -> list[str]:
    """The lines that stand on the terminal, with their colours: enough of one for a display drawn line by line."""
    # Up to the beginning of the last redraw, so that no half-drawn frame is taken.
    starts = [match.start() for match in re.finditer(r"\r\x1b\[2K", written)]
    written = written[: starts[-1]] if starts else written[: written.rfind("\n") + 1]
    lines, row = [""], 0
    for part in _PARTS.findall(written):
        if part == "\n":
            row += 1
            while row >= len(lines):
                lines.append("")
        elif part.startswith("\x1b[") and part.endswith("A"):
            row = max(0, row - int(part[2:-1] or 1))
        elif part.startswith("\x1b[") and part.endswith("K"):
            lines[row] = ""
        elif (part.startswith("\x1b[") and part.endswith("m")) or part[0] not in "\x1b\r":
            lines[row] += part
    return lines


def main() -> int:
    program = Path(sys.executable).parent / "treadle"
    with tempfile.TemporaryDirectory() as folder:
        written = record([str(program), "up", "--demo"], seconds=_SECONDS, folder=Path(folder))
    written = re.sub(r"(?<=/sign-in/)[\w-]+", "…", written)
    console = Console(record=True, width=_COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print("[dim]$[/] treadle up --demo\n")
    console.print(Text.from_ansi("\n".join(last_frame(written)).strip("\n")))
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    # Without the fonts that rich would fetch: an image must not ask anybody for anything.
    svg = re.sub(r"@font-face\s*{[^}]*}", "", console.export_svg(title="treadle up --demo"))
    IMAGE.write_text(re.sub(r"\n\s*\n+", "\n", svg.replace("Fira Code", "ui-monospace")), encoding="utf-8")
    print(IMAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
